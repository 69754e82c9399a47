add-row = Zeile hinzufügen
name = Name { $number }
value = Wert { $number }
remove = Zeile { $number } entfernen
