nothing-to-fill = Rien à remplir ici.
step = Étape : { $step }
