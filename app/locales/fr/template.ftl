fit = Variables correspondantes
on-test = Avec un événement de test
nothing = (rien)
