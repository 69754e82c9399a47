seconds = { $count ->
    [one] { $count } Sekunde
   *[other] { $count } Sekunden
}
minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
}
weeks = { $count ->
    [one] { $count } Woche
   *[other] { $count } Wochen
}
months = { $count ->
    [one] { $count } Monat
   *[other] { $count } Monate
}
years = { $count ->
    [one] { $count } Jahr
   *[other] { $count } Jahre
}
every-minutes = { $count ->
    [1] Jede Minute
   *[other] Alle { $count } Minuten
}
every-hours = { $count ->
    [1] Jede Stunde
   *[other] Alle { $count } Stunden
}
every-days = { $count ->
    [1] Jeden Tag
   *[other] Alle { $count } Tage
}
every-weeks = { $count ->
    [1] Jede Woche
   *[other] Alle { $count } Wochen
}
every-months = { $count ->
    [1] Jeden Monat
   *[other] Alle { $count } Monate
}
every-years = { $count ->
    [1] Jedes Jahr
   *[other] Alle { $count } Jahre
}
on-days = { $every } am { $days }
on-month-days = { $every } am { $days }.
at-time = { $every } um { $time }
weekdays = Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag
