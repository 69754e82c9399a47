turned-on = Activado
not-turned-on = No activado
nothing-said = Aún no se ha dicho nada
own = Todas las conversaciones de tu tienda. Abre una para continuarla o reprodúcela.
all = Todas las conversaciones de todas las tiendas. Abre una para reproducir lo que vio el comerciante.
none = Todavía no hay sesiones.
events = { $count ->
    [one] · { $count } evento
   *[other] · { $count } eventos
}
