seconds = { $count ->
    [one] { $count } seconde
   *[other] { $count } secondes
}
minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
hours = { $count ->
    [one] { $count } heure
   *[other] { $count } heures
}
days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
}
weeks = { $count ->
    [one] { $count } semaine
   *[other] { $count } semaines
}
months = { $count ->
    [one] { $count } mois
   *[other] { $count } mois
}
years = { $count ->
    [one] { $count } an
   *[other] { $count } ans
}
every-minutes = { $count ->
    [1] Chaque minute
   *[other] Toutes les { $count } minutes
}
every-hours = { $count ->
    [1] Chaque heure
   *[other] Toutes les { $count } heures
}
every-days = { $count ->
    [1] Chaque jour
   *[other] Tous les { $count } jours
}
every-weeks = { $count ->
    [1] Chaque semaine
   *[other] Toutes les { $count } semaines
}
every-months = { $count ->
    [1] Chaque mois
   *[other] Tous les { $count } mois
}
every-years = { $count ->
    [1] Chaque année
   *[other] Tous les { $count } ans
}
on-days = { $every }, le { $days }
on-month-days = { $every }, le { $days } du mois
at-time = { $every } à { $time }
weekdays = lundi mardi mercredi jeudi vendredi samedi dimanche
