wait = Des modifications attendent votre décision
pending = Modifications en attente
nothing-in-force = Rien de cela n’est encore en vigueur.
discard-all = Tout rejeter
accept-all = Tout accepter
discard = Rejeter
accept = Accepter
empty = vide
also-accepts = L’accepter accepte aussi :
also-discards = La rejeter rejette aussi :
count = { $count ->
    [one] { $count } modification attend votre décision
   *[other] { $count } modifications attendent votre décision
}
discard-this = Rejeter : { $change }
accept-this = Accepter : { $change }
