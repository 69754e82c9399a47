condition = Condition
trigger = Déclencheur
action = Action
loop = Boucle
wait = Attente
