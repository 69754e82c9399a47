drop = Déposez le fichier pour importer son workflow
reading = Lecture du fichier
replacing = Le remplacement est une modification de ce workflow que vous pouvez annuler. Une nouvelle session le laisse tel quel.
new-session = Commencer une nouvelle session
replace = Remplacer ce workflow
cancel = Annuler
where = Où doit aller « { $file } » ?
