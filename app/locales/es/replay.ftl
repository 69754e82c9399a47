nothing = Aún no se ha dicho nada.
events = Eventos
pause = Pausar
play = Reproducir
position = Posición en la sesión
speed = Velocidad
turn-failed = La respuesta falló
turn-interrupted = Respuesta interrumpida
accepted-all = Cambios aceptados
discarded-all = Cambios descartados
turned-off = Desactivado
thumbs-up = Pulgar arriba
thumbs-down = Pulgar abajo
started = Inicio:
clock = { $at } de { $count } · { $time }
session-started = Sesión iniciada en { $store }
merchant = Comerciante: { $text }
turn-started = Respuesta iniciada, { $model }
wrote = { $count ->
    [one] El modelo escribió { $count } token
   *[other] El modelo escribió { $count } tokens
}
repair = { $count ->
    [0] Nada había cambiado, se pidió otro intento
    [one] Corrección solicitada, { $count } hallazgo
   *[other] Corrección solicitada, { $count } hallazgos
}
complete = { $count ->
    [one] Flujo de trabajo completo, { $count } paso
   *[other] Flujo de trabajo completo, { $count } pasos
}
answer = Respuesta ({ $kind }): { $text }
finished = Respuesta terminada en { $time }
accepted = { $count ->
    [one] { $count } cambio aceptado
   *[other] { $count } cambios aceptados
}
discarded = { $count ->
    [one] { $count } cambio descartado
   *[other] { $count } cambios descartados
}
undone = Deshecho: { $change }
redone = Rehecho: { $change }
turned-on = Activado, versión { $number }
because = { $thumb }: { $reason }
