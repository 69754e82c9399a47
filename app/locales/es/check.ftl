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
