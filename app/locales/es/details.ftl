name = Nombre
name-hint = Los pasos posteriores leen con este nombre lo que encontró este paso.
description = Descripción
note = Nota
note-hint = Para ti y para quien se ocupe del flujo de trabajo.
head = Nombre y notas
