wrong = L’adresse e-mail ou le mot de passe est incorrect.
head = Automatisez votre boutique en disant ce qui doit se passer
email = E-mail
password = Mot de passe
