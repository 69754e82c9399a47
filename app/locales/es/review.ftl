wait = Hay cambios que esperan tu decisión
pending = Cambios pendientes
nothing-in-force = Nada de esto está en vigor todavía.
discard-all = Descartar todo
accept-all = Aceptar todo
discard = Descartar
accept = Aceptar
empty = vacío
also-accepts = Al aceptarlo también se acepta:
also-discards = Al descartarlo también se descarta:
count = { $count ->
    [one] { $count } cambio espera tu decisión
   *[other] { $count } cambios esperan tu decisión
}
discard-this = Descartar: { $change }
accept-this = Aceptar: { $change }
