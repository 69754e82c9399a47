no-page = Esta página no existe
no-page-text = Puede que la dirección esté mal escrita o que la página se haya movido.
not-here = Esto no está aquí
not-yours = No tienes acceso a esto
no-connection = Sin conexión
failed = Eso no funcionó
back = Volver al inicio
