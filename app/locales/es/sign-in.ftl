wrong = La dirección de correo o la contraseña no es correcta.
head = Automatiza tu tienda diciendo qué debe pasar
email = Correo electrónico
password = Contraseña
