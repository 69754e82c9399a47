download-flow = .flow herunterladen
copied = Kopiert
copy-json = Als JSON kopieren
download-folder = Ordner herunterladen
try-it = Ausprobieren
more = Mehr
no-copying = Der Browser hat das Kopieren nicht erlaubt. Laden Sie stattdessen die Datei herunter.
