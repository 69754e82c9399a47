fit = Variables que encajan
on-test = Con un evento de prueba
nothing = (nada)
