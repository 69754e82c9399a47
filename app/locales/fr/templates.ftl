none = Aucun modèle ne contient ces mots. Dites-le plutôt dans l’éditeur, avec les vôtres.
start = Partir de ce modèle
search = Rechercher dans les modèles
choose = Choisissez un modèle pour le voir dessiné ici.
about = { $count ->
    [one] { $count } workflow pour commencer. Regardez-le, puis modifiez-le par la discussion : les adresses comme team@example.com sont des exemples.
   *[other] { $count } workflows pour commencer. Regardez-en un, puis modifiez-le par la discussion : les adresses comme team@example.com sont des exemples.
}
missing = Nécessite { $app }, qui n’est pas installée dans votre boutique
uses = Utilise { $app }
