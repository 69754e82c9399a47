pending = Se prueban los cambios pendientes. No se envía, etiqueta ni cambia nada.
nothing-sent = No se envía, etiqueta ni cambia nada.
no-trigger = El flujo de trabajo aún no tiene activador, así que ningún evento lo inicia.
starts-at = Empieza en
write-yourself = Escribe tú el evento
as-json = El evento como JSON
try-this = Probar este evento
looking = Buscando eventos con los que probarlo
what-would-happen = Qué pasaría
all-seen = { $all ->
    [one] Vista la única rama ({ $all }).
   *[other] Vistas las { $all } ramas.
}
some-seen = { $seen } de { $all } ramas vistas hasta ahora.
