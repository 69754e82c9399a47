nothing = Rien n’a encore été dit.
events = Événements
pause = Pause
play = Lire
position = Position dans la session
speed = Vitesse
turn-failed = Échec de la réponse
turn-interrupted = Réponse interrompue
accepted-all = Modifications acceptées
discarded-all = Modifications rejetées
turned-off = Désactivé
thumbs-up = Pouce levé
thumbs-down = Pouce baissé
started = Début :
clock = { $at } sur { $count } · { $time }
session-started = Session commencée dans { $store }
merchant = Marchand : { $text }
turn-started = Réponse commencée, { $model }
wrote = { $count ->
    [one] Le modèle a écrit { $count } jeton
   *[other] Le modèle a écrit { $count } jetons
}
repair = { $count ->
    [0] Rien n’avait changé, nouvel essai demandé
    [one] Correction demandée, { $count } constat
   *[other] Correction demandée, { $count } constats
}
complete = { $count ->
    [one] Workflow complet, { $count } étape
   *[other] Workflow complet, { $count } étapes
}
answer = Réponse ({ $kind }) : { $text }
finished = Réponse terminée en { $time }
accepted = { $count ->
    [one] { $count } modification acceptée
   *[other] { $count } modifications acceptées
}
discarded = { $count ->
    [one] { $count } modification rejetée
   *[other] { $count } modifications rejetées
}
undone = Annulé : { $change }
redone = Rétabli : { $change }
turned-on = Activé, version { $number }
because = { $thumb } : { $reason }
