head = El correo con un evento de prueba
to = Para
subject = Asunto
