add-address = Adresse hinzufügen
add-one = Hinzufügen
example-address = Das ist eine Beispieladresse: Niemand liest, was dorthin gesendet wird. Tragen Sie Ihre eigene ein.
no-address = Keine E-Mail-Adresse
added = Hinzugefügt: { $items }
removed = Entfernt: { $item }
remove = { $item } entfernen
