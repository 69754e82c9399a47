seconds = { $count ->
    [one] { $count } segundo
   *[other] { $count } segundos
}
minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}
hours = { $count ->
    [one] { $count } hora
   *[other] { $count } horas
}
days = { $count ->
    [one] { $count } día
   *[other] { $count } días
}
weeks = { $count ->
    [one] { $count } semana
   *[other] { $count } semanas
}
months = { $count ->
    [one] { $count } mes
   *[other] { $count } meses
}
years = { $count ->
    [one] { $count } año
   *[other] { $count } años
}
every-minutes = { $count ->
    [1] Cada minuto
   *[other] Cada { $count } minutos
}
every-hours = { $count ->
    [1] Cada hora
   *[other] Cada { $count } horas
}
every-days = { $count ->
    [1] Cada día
   *[other] Cada { $count } días
}
every-weeks = { $count ->
    [1] Cada semana
   *[other] Cada { $count } semanas
}
every-months = { $count ->
    [1] Cada mes
   *[other] Cada { $count } meses
}
every-years = { $count ->
    [1] Cada año
   *[other] Cada { $count } años
}
on-days = { $every }, el { $days }
on-month-days = { $every }, el día { $days }
at-time = { $every } a las { $time }
weekdays = lunes martes miércoles jueves viernes sábado domingo
