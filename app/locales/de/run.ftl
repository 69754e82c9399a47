skipped = Übersprungen
failed = Fehlgeschlagen
waits = Wartet
ran = Ausgeführt
mixed = Gemischt
would = Würde ausgeführt. Es wurde nichts getan.
started = Hat die Ausführung gestartet.
met = Die Bedingung war erfüllt.
not-met = Die Bedingung war nicht erfüllt.
done = Erledigt.
output = Ausgabe
would-wait = Würde { $time } warten; hier ist das sofort vorbei.
looped = { $count ->
    [one] Hat { $count } Eintrag durchlaufen.
   *[other] Hat { $count } Einträge durchlaufen.
}
looped-some = Hat die ersten { $count } von { $total } Einträgen durchlaufen.
waits-for = Wartet { $time }.
worked-out = Ergebnis: { $value }.
skipped-why = Übersprungen: { $why }
failed-why = Fehlgeschlagen: { $why }
passed = Zutreffend:
did-not-pass = Nicht zutreffend:
in-item = in { $item }
what-happened = Was passiert ist
event = Das auslösende Ereignis
goes-on = Nach einer Wartezeit von { $time } geht es weiter.
run-of = Ausführung vom
