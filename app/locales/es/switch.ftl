wait = Espera a que termine la respuesta.
judge-first = Acepta o descarta primero los cambios.
mend-first = Corrige primero lo que encontró la revisión.
turn-off = Desactivar
turn-on-changes = Activar los cambios
turn-on = Activar
