waits = Ceci pourra être modifié quand les modifications en attente auront été acceptées ou rejetées.
empty = Vide
all-of-these = Tout ceci
any-of-these = Au moins un de ceci
not-this = Pas ceci
show = Afficher
