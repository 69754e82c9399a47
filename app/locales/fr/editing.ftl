turn-runs = Une réponse est en cours. Attendez la fin ou arrêtez-la, puis modifiez.
shows-another = Le canevas montre une autre version. Fermez d’abord les versions, puis modifiez.
changes-wait = Des modifications attendent votre décision. Acceptez-les ou rejetez-les d’abord, puis modifiez.
copied = { $count ->
    [one] { $count } étape copiée.
   *[other] { $count } étapes copiées.
}
more-waited = { $count ->
    [one] { $count } autre modification en attente n’a pas été faite non plus.
   *[other] { $count } autres modifications en attente n’ont pas été faites non plus.
}
waits = { $count ->
    [one] { $count } modification attend la connexion
   *[other] { $count } modifications attendent la connexion
}
undo-this = Annuler : { $change }
redo-this = Rétablir : { $change }
nothing-before = Rien ne mène à cette étape, donc rien ne peut venir avant elle.
nothing-to-redo = Il n’y a plus rien à rétablir.
nothing-to-undo = Il n’y a plus rien à annuler.
waits-for-connection = Ceci attend la connexion.
name = Nom du workflow
rename = Renommer le workflow
rename-key = Renommer (F2)
add-step = Ajouter une étape
add-step-key = Ajouter une étape (A)
by-hand = Ou le construire à la main
what-starts = Qu’est-ce qui lance le workflow ?
move-to = Déplacer vers
triggers = Déclencheurs
decide = Décider, répéter, attendre
search-tasks = Cherchez ce que l’étape doit faire
no-task = Rien ne fait cela. Essayez un autre mot.
places = Emplacements
search-places = Cherchez par les étapes à cet endroit
no-place = Cet emplacement n’existe pas. Essayez un autre mot.
apps = Applications
actions = Actions
