canvas = Canevas
zoom = Zoom
zoom-in = Zoom avant
zoom-out = Zoom arrière
show-all = Tout afficher
keys = Les touches et leur effet
selected = { $count ->
    [one] { $count } étape sélectionnée.
   *[other] { $count } étapes sélectionnées.
}
steps = { $count ->
    [one] { $count } étape
   *[other] { $count } étapes
}
has-steps = { $count ->
    [one] Le workflow comporte { $count } étape.
   *[other] Le workflow comporte { $count } étapes.
}
drew = Étape dessinée : { $step }
as-text = Le workflow en texte
then = Alors
otherwise = Sinon
for-each = Pour chacun
after = Ensuite
leads-to = { $branch } : étape { $number }
between = Entre « { $from } » et « { $to } »
between-branch = Entre « { $from } » ({ $branch }) et « { $to } »
place-after = Après « { $step } »
place-after-branch = Après « { $step } » ({ $branch })
