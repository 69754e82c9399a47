to-mend = À corriger avant de pouvoir l’activer
worth-a-look = Mérite un coup d’œil
good-to-know = Bon à savoir
remarks = { $count ->
    [one] { $count } remarque
   *[other] { $count } remarques
}
head = { $count ->
    [one] { $count } point à corriger avant de pouvoir l’activer
   *[other] { $count } points à corriger avant de pouvoir l’activer
}
to-fill-in = Encore à remplir
values = { $count ->
    [one] { $count } valeur à remplir
   *[other] { $count } valeurs à remplir
}
more = { $count ->
    [one] { $count } autre suivra quand certains seront corrigés.
   *[other] { $count } autres suivront quand certains seront corrigés.
}
example = dans { $place } est un exemple. Mettez votre propre valeur.
show = Afficher
meaning = Qu’est-ce que cela veut dire ?
what-to-do = Que faire
