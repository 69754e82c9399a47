condition = Bedingung
trigger = Trigger
action = Aktion
loop = Schleife
wait = Warten
