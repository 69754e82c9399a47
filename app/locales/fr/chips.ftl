add-address = Ajouter une adresse
add-one = Ajouter
example-address = C’est une adresse d’exemple : personne ne lit ce qui y est envoyé. Indiquez la vôtre.
no-address = Pas une adresse e-mail
added = Ajouté : { $items }
removed = Retiré : { $item }
remove = Retirer { $item }
