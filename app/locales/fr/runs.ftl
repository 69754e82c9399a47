gone = Ce workflow n’existe pas dans votre boutique ; il a peut-être été supprimé.
running = En cours
waiting = En attente
succeeded = Réussi
failed = Échec
not-yet = Il n’a pas encore été exécuté. Il s’exécute quand son déclencheur survient dans votre boutique.
steps = { $count ->
    [one] { $count } étape
   *[other] { $count } étapes
}
done = { $count ->
    [0] rien à faire
    [one] { $count } chose faite
   *[other] { $count } choses faites
}
both = { $steps }, { $done }
turned-on = · version { $number } · activé le
