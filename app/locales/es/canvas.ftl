canvas = Lienzo
zoom = Zoom
zoom-in = Acercar
zoom-out = Alejar
show-all = Mostrar todo
keys = Teclas y qué hacen
selected = { $count ->
    [one] { $count } paso seleccionado.
   *[other] { $count } pasos seleccionados.
}
steps = { $count ->
    [one] { $count } paso
   *[other] { $count } pasos
}
has-steps = { $count ->
    [one] El flujo de trabajo tiene { $count } paso.
   *[other] El flujo de trabajo tiene { $count } pasos.
}
drew = Paso dibujado: { $step }
as-text = El flujo de trabajo como texto
then = Entonces
otherwise = Si no
for-each = Para cada uno
after = Después
leads-to = { $branch }: paso { $number }
between = Entre «{ $from }» y «{ $to }»
between-branch = Entre «{ $from }» ({ $branch }) y «{ $to }»
place-after = Después de «{ $step }»
place-after-branch = Después de «{ $step }» ({ $branch })
