turn-runs = Hay una respuesta en curso. Espera a que termine o detenla, y edita después.
shows-another = El lienzo muestra otra versión. Cierra primero las versiones y edita después.
changes-wait = Hay cambios que esperan tu decisión. Acéptalos o descártalos primero y edita después.
copied = { $count ->
    [one] { $count } paso copiado.
   *[other] { $count } pasos copiados.
}
more-waited = { $count ->
    [one] Tampoco se hizo { $count } edición más que esperaba.
   *[other] Tampoco se hicieron { $count } ediciones más que esperaban.
}
waits = { $count ->
    [one] { $count } edición espera la conexión
   *[other] { $count } ediciones esperan la conexión
}
undo-this = Deshacer: { $change }
redo-this = Rehacer: { $change }
nothing-before = Nada lleva a este paso, así que nada puede ir antes.
nothing-to-redo = No queda nada por rehacer.
nothing-to-undo = No queda nada por deshacer.
waits-for-connection = Esto espera la conexión.
name = Nombre del flujo de trabajo
rename = Cambiar el nombre del flujo de trabajo
rename-key = Cambiar el nombre (F2)
add-step = Agregar un paso
add-step-key = Agregar un paso (A)
by-hand = O créalo a mano
what-starts = ¿Qué inicia el flujo de trabajo?
move-to = Mover a
triggers = Activadores
decide = Decidir, repetir, esperar
search-tasks = Busca por lo que hace
no-task = Nada hace eso. Prueba otra palabra.
places = Lugares
search-places = Busca por los pasos que hay ahí
no-place = No existe ese lugar. Prueba otra palabra.
apps = Aplicaciones
actions = Acciones
