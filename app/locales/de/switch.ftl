wait = Warten Sie, bis die Antwort fertig ist.
judge-first = Übernehmen oder verwerfen Sie zuerst die Änderungen.
mend-first = Beheben Sie zuerst, was die Prüfung gefunden hat.
turn-off = Ausschalten
turn-on-changes = Änderungen einschalten
turn-on = Einschalten
