head = L’e-mail avec un événement de test
to = À
subject = Objet
