wrong = Die E-Mail-Adresse oder das Passwort stimmt nicht.
head = Automatisieren Sie Ihren Shop, indem Sie sagen, was passieren soll
email = E-Mail
password = Passwort
again = Erneut anmelden
again-why = Sie wurden abgemeldet. Nichts ist verloren: Was Sie gerade taten, geht weiter, sobald Sie sich angemeldet haben.
somebody-else = Als jemand anderes anmelden
