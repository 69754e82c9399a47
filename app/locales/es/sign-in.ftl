wrong = La dirección de correo o la contraseña no es correcta.
head = Automatiza tu tienda diciendo qué debe pasar
email = Correo electrónico
password = Contraseña
again = Inicia sesión de nuevo
again-why = Se cerró tu sesión. No se pierde nada: lo que hacías continúa cuando vuelvas a iniciarla.
somebody-else = Iniciar sesión como otra persona
