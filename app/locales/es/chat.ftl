conversation = Conversación
drawing = Dibujando el flujo de trabajo
thinking = Pensándolo
task-search = Buscó entre las tareas de tu tienda
task-configuration = Leyó cómo se configura una tarea
environment-paths = Miró qué campos hay
shop-resource-search = Buscó en la tienda
template-search = Revisó las plantillas
workflow-lookup = Miró tus flujos de trabajo
helpful = Útil
not-helpful = No es útil
what-was-wrong = ¿Qué estaba mal? (opcional)
tell-us = Contarlo
composer-label = ¿Qué debe pasar en tu tienda?
composer-hint = Di qué debe pasar en tu tienda
enter = Intro para enviar
send = Enviar
stop = Detener
used = Usó { $tool }
you-said = Dijiste:
flowright-said = Flowright dijo:
not-sent = Aún no se envió. Se enviará en cuanto se pueda llegar al servidor.
take-back = Retirarlo
before = { $count ->
    [one] { $count } cambio antes
   *[other] { $count } cambios antes
}
