waits = Podrás editarlo cuando aceptes o descartes los cambios que esperan.
empty = Vacío
all-of-these = Todo esto
any-of-these = Algo de esto
not-this = Esto no
show = Mostrar
