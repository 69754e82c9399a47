drop = Legen Sie die Datei ab, um ihren Workflow zu importieren
reading = Die Datei wird gelesen
replacing = Das Ersetzen ist eine Bearbeitung dieses Workflows, die Sie rückgängig machen können. Eine neue Sitzung lässt ihn, wie er ist.
new-session = Neue Sitzung beginnen
replace = Diesen Workflow ersetzen
cancel = Abbrechen
where = Wohin soll „{ $file }“?
