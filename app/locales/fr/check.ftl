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
