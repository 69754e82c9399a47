conversation = Conversation
drawing = Le workflow se dessine
thinking = Réflexion en cours
task-search = A cherché parmi les tâches de votre boutique
task-configuration = A lu comment une tâche se configure
environment-paths = A regardé quels champs existent
shop-resource-search = A cherché dans la boutique
template-search = A parcouru les modèles
workflow-lookup = A regardé vos workflows
helpful = Utile
not-helpful = Pas utile
what-was-wrong = Qu’est-ce qui n’allait pas ? (facultatif)
tell-us = Nous le dire
composer-label = Que doit-il se passer dans votre boutique ?
composer-hint = Dites ce qui doit se passer dans votre boutique
enter = Entrée pour envoyer
send = Envoyer
stop = Arrêter
used = A utilisé { $tool }
you-said = Vous avez dit :
flowright-said = Flowright a dit :
not-sent = Pas encore envoyé. Ce sera envoyé dès que le serveur sera joignable.
take-back = Reprendre
before = { $count ->
    [one] { $count } modification avant
   *[other] { $count } modifications avant
}
