fix-task = Beheben: die Aufgabe mit diesem Namen verwenden
fix = Beheben
fix-name = Beheben: { $name } nennen
fix-use = Beheben: { $words } verwenden
