waits = Dies können Sie bearbeiten, sobald die wartenden Änderungen übernommen oder verworfen sind.
empty = Leer
all-of-these = Alle hiervon
any-of-these = Mindestens eines hiervon
not-this = Dies nicht
show = Anzeigen
