none = Todavía no hay nada activado. Di qué debe pasar en tu tienda, mira lo que se dibuja y actívalo.
new = Nuevo flujo de trabajo
runs = { $count ->
    [0] Aún sin ejecuciones
    [one] { $count } ejecución
   *[other] { $count } ejecuciones
}
turned-on = Versión { $number } · activada el
last = Última:
