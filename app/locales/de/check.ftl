to-mend = Zu beheben, bevor er eingeschaltet werden kann
worth-a-look = Einen Blick wert
good-to-know = Gut zu wissen
remarks = { $count ->
    [one] { $count } Hinweis
   *[other] { $count } Hinweise
}
head = { $count ->
    [one] { $count } Punkt ist zu beheben, bevor dies eingeschaltet werden kann
   *[other] { $count } Punkte sind zu beheben, bevor dies eingeschaltet werden kann
}
to-fill-in = Noch auszufüllen
values = { $count ->
    [one] { $count } Wert auszufüllen
   *[other] { $count } Werte auszufüllen
}
more = { $count ->
    [one] { $count } weiterer folgt, wenn einige davon behoben sind.
   *[other] { $count } weitere folgen, wenn einige davon behoben sind.
}
example = in { $place } ist ein Beispiel. Setzen Sie Ihren eigenen Wert ein.
show = Zeigen
meaning = Was bedeutet das?
what-to-do = Was zu tun ist
