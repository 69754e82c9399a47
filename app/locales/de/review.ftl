wait = Änderungen warten auf Ihre Entscheidung
pending = Offene Änderungen
nothing-in-force = Noch ist nichts davon in Kraft.
discard-all = Alle verwerfen
accept-all = Alle übernehmen
discard = Verwerfen
accept = Übernehmen
empty = leer
also-accepts = Damit wird auch übernommen:
also-discards = Damit wird auch verworfen:
count = { $count ->
    [one] { $count } Änderung wartet auf Ihre Entscheidung
   *[other] { $count } Änderungen warten auf Ihre Entscheidung
}
discard-this = Verwerfen: { $change }
accept-this = Übernehmen: { $change }
