pending = Les modifications en attente sont essayées. Rien n’est envoyé, balisé ni modifié.
nothing-sent = Rien n’est envoyé, balisé ni modifié.
no-trigger = Le workflow n’a pas encore de déclencheur, donc aucun événement ne le lance.
starts-at = Il commence à
write-yourself = Écrire l’événement vous-même
as-json = L’événement en JSON
try-this = Essayer cet événement
looking = Recherche d’événements pour l’essayer
what-would-happen = Ce qui se passerait
all-seen = { $all ->
    [one] La seule branche a été vue ({ $all }).
   *[other] Les { $all } branches ont toutes été vues.
}
some-seen = { $seen } branches vues sur { $all }.
