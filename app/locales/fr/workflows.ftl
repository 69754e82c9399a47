none = Rien n’est encore activé. Dites ce qui doit se passer dans votre boutique, regardez ce qui se dessine, et activez-le.
new = Nouveau workflow
runs = { $count ->
    [0] Pas encore d’exécution
    [one] { $count } exécution
   *[other] { $count } exécutions
}
turned-on = Version { $number } · activée le
last = Dernière :
