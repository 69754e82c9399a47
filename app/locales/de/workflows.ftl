none = Noch ist nichts eingeschaltet. Sagen Sie, was in Ihrem Shop passieren soll, sehen Sie sich an, was gezeichnet wird, und schalten Sie es ein.
new = Neuer Workflow
runs = { $count ->
    [0] Noch keine Ausführungen
    [one] { $count } Ausführung
   *[other] { $count } Ausführungen
}
turned-on = Version { $number } · eingeschaltet am
last = Zuletzt
