add-row = Ajouter une ligne
name = Nom { $number }
value = Valeur { $number }
remove = Supprimer la ligne { $number }
