gone = Diesen Workflow gibt es in Ihrem Shop nicht; vielleicht wurde er entfernt.
running = Läuft
waiting = Wartet
succeeded = Erfolgreich
failed = Fehlgeschlagen
not-yet = Er wurde noch nicht ausgeführt. Er läuft, sobald sein Trigger in Ihrem Shop eintritt.
steps = { $count ->
    [one] { $count } Schritt
   *[other] { $count } Schritte
}
done = { $count ->
    [0] nichts zu tun
    [one] { $count } Sache erledigt
   *[other] { $count } Sachen erledigt
}
both = { $steps }, { $done }
turned-on = · Version { $number } · eingeschaltet am
