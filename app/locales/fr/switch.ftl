wait = Attendez que la réponse soit terminée.
judge-first = Acceptez ou rejetez d’abord les modifications.
mend-first = Corrigez d’abord ce que la vérification a trouvé.
turn-off = Désactiver
turn-on-changes = Activer les modifications
turn-on = Activer
