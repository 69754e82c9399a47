wrong = Die E-Mail-Adresse oder das Passwort stimmt nicht.
head = Automatisieren Sie Ihren Shop, indem Sie sagen, was passieren soll
email = E-Mail
password = Passwort
