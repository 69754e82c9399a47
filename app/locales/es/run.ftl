skipped = Omitido
failed = Falló
waits = Espera
ran = Ejecutado
mixed = Mixto
would = Se haría. No se hizo nada.
started = Inició la ejecución.
met = La condición se cumplió.
not-met = La condición no se cumplió.
done = Hecho.
output = Resultado
would-wait = Esperaría { $time }; aquí termina enseguida.
looped = { $count ->
    [one] Recorrió { $count } elemento.
   *[other] Recorrió { $count } elementos.
}
looped-some = Recorrió los primeros { $count } de { $total } elementos.
waits-for = Espera { $time }.
worked-out = Resultado: { $value }.
skipped-why = Omitido: { $why }
failed-why = Falló: { $why }
passed = Se cumple:
did-not-pass = No se cumple:
in-item = en { $item }
what-happened = Qué pasó
event = El evento que lo inició
goes-on = Continúa tras una espera de { $time }.
run-of = Ejecución del
