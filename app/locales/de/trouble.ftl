no-page = Diese Seite gibt es nicht
no-page-text = Vielleicht ist die Adresse falsch geschrieben oder die Seite umgezogen.
not-here = Das ist hier nicht
not-yours = Das ist nicht für Sie bestimmt
no-connection = Keine Verbindung
failed = Das hat nicht geklappt
back = Zurück zum Anfang
