nothing = Es wurde noch nichts gesagt.
events = Ereignisse
pause = Pause
play = Abspielen
position = Stelle in der Sitzung
speed = Geschwindigkeit
turn-failed = Antwort fehlgeschlagen
turn-interrupted = Antwort unterbrochen
accepted-all = Änderungen übernommen
discarded-all = Änderungen verworfen
turned-off = Ausgeschaltet
thumbs-up = Daumen hoch
thumbs-down = Daumen runter
started = Beginn:
clock = { $at } von { $count } · { $time }
session-started = Sitzung begonnen in { $store }
merchant = Shopinhaber: { $text }
turn-started = Antwort begonnen, { $model }
wrote = { $count ->
    [one] Das Modell hat { $count } Token geschrieben
   *[other] Das Modell hat { $count } Tokens geschrieben
}
repair = { $count ->
    [0] Nichts war verändert, neuer Versuch angefordert
    [one] Nachbesserung angefordert, { $count } Befund
   *[other] Nachbesserung angefordert, { $count } Befunde
}
complete = { $count ->
    [one] Workflow vollständig, { $count } Schritt
   *[other] Workflow vollständig, { $count } Schritte
}
answer = Antwort ({ $kind }): { $text }
finished = Antwort fertig nach { $time }
accepted = { $count ->
    [one] { $count } Änderung übernommen
   *[other] { $count } Änderungen übernommen
}
discarded = { $count ->
    [one] { $count } Änderung verworfen
   *[other] { $count } Änderungen verworfen
}
undone = Rückgängig gemacht: { $change }
redone = Wiederholt: { $change }
turned-on = Eingeschaltet, Version { $number }
because = { $thumb }: { $reason }
