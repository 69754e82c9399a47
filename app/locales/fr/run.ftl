skipped = Ignoré
failed = Échec
waits = En attente
ran = Exécuté
mixed = Mixte
would = Serait fait. Rien ne l’a été.
started = A lancé l’exécution.
met = La condition était remplie.
not-met = La condition n’était pas remplie.
done = Fait.
output = Résultat
would-wait = Attendrait { $time } ; ici, c’est immédiat.
looped = { $count ->
    [one] { $count } élément parcouru.
   *[other] { $count } éléments parcourus.
}
looped-some = Les { $count } premiers éléments sur { $total } ont été parcourus.
waits-for = Attend { $time }.
worked-out = Résultat : { $value }.
skipped-why = Ignoré : { $why }
failed-why = Échec : { $why }
passed = Réussi :
did-not-pass = Non réussi :
in-item = dans { $item }
what-happened = Ce qui s’est passé
event = L’événement déclencheur
goes-on = L’exécution reprend après une attente de { $time }.
run-of = Exécution du
