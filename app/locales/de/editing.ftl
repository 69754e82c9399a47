turn-runs = Gerade läuft eine Antwort. Warten Sie, bis sie fertig ist, oder halten Sie sie an, und bearbeiten Sie dann.
shows-another = Die Arbeitsfläche zeigt eine andere Version. Schließen Sie zuerst die Versionen und bearbeiten Sie dann.
changes-wait = Änderungen warten auf Ihre Entscheidung. Übernehmen oder verwerfen Sie sie zuerst und bearbeiten Sie dann.
copied = { $count ->
    [one] { $count } Schritt kopiert.
   *[other] { $count } Schritte kopiert.
}
more-waited = { $count ->
    [one] Auch { $count } weitere Bearbeitung, die gewartet hat, wurde nicht ausgeführt.
   *[other] Auch { $count } weitere Bearbeitungen, die gewartet haben, wurden nicht ausgeführt.
}
waits = { $count ->
    [one] { $count } Bearbeitung wartet auf die Verbindung
   *[other] { $count } Bearbeitungen warten auf die Verbindung
}
undo-this = Rückgängig machen: { $change }
redo-this = Wiederholen: { $change }
nothing-before = Zu diesem Schritt führt nichts hin, also kann auch nichts davor stehen.
nothing-to-redo = Es gibt nichts mehr zu wiederholen.
nothing-to-undo = Es gibt nichts mehr rückgängig zu machen.
waits-for-connection = Dies wartet auf die Verbindung.
name = Name des Workflows
rename = Workflow umbenennen
rename-key = Umbenennen (F2)
add-step = Schritt hinzufügen
add-step-key = Schritt hinzufügen (A)
by-hand = Oder von Hand erstellen
what-starts = Womit beginnt der Workflow?
move-to = Verschieben nach
triggers = Trigger
decide = Entscheiden, wiederholen, warten
search-tasks = Suchen Sie, was geschehen soll
no-task = Nichts davon passt. Versuchen Sie ein anderes Wort.
places = Stellen
search-places = Suchen Sie nach den Schritten an der Stelle
no-place = Diese Stelle gibt es nicht. Versuchen Sie ein anderes Wort.
apps = Apps
actions = Aktionen
