gone = No existe ese flujo de trabajo en tu tienda; puede que se haya eliminado.
running = En curso
waiting = En espera
succeeded = Correcto
failed = Falló
not-yet = Todavía no se ha ejecutado. Se ejecuta cuando ocurre su activador en tu tienda.
steps = { $count ->
    [one] { $count } paso
   *[other] { $count } pasos
}
done = { $count ->
    [0] nada que hacer
    [one] { $count } cosa hecha
   *[other] { $count } cosas hechas
}
both = { $steps }, { $done }
turned-on = · versión { $number } · activado el
