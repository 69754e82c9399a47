condition = Condición
trigger = Activador
action = Acción
loop = Bucle
wait = Espera
