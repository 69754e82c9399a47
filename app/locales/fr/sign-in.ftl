wrong = L’adresse e-mail ou le mot de passe est incorrect.
head = Automatisez votre boutique en disant ce qui doit se passer
email = E-mail
password = Mot de passe
again = Reconnectez-vous
again-why = Vous avez été déconnecté. Rien n’est perdu : ce que vous faisiez reprend une fois que vous êtes reconnecté.
somebody-else = Se connecter sous un autre nom
