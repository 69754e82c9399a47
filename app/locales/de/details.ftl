name = Name
name-hint = Spätere Schritte lesen unter diesem Namen, was dieser Schritt gefunden hat.
description = Beschreibung
note = Notiz
note-hint = Für Sie und alle, die sich um den Workflow kümmern.
head = Name und Notizen
