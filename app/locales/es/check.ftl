to-mend = Hay que corregirlo antes de poder activarlo
worth-a-look = Conviene revisarlo
good-to-know = Bueno saberlo
remarks = { $count ->
    [one] { $count } observación
   *[other] { $count } observaciones
}
head = { $count ->
    [one] { $count } punto por corregir antes de poder activarlo
   *[other] { $count } puntos por corregir antes de poder activarlo
}
to-fill-in = Por completar
values = { $count ->
    [one] { $count } valor por completar
   *[other] { $count } valores por completar
}
more = { $count ->
    [one] { $count } más aparecerá cuando corrijas algunos de estos.
   *[other] { $count } más aparecerán cuando corrijas algunos de estos.
}
example = en { $place } es un ejemplo. Pon tu propio valor.
show = Mostrar
meaning = ¿Qué significa esto?
what-to-do = Qué hacer
