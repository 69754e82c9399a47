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
