download-flow = Télécharger .flow
copied = Copié
copy-json = Copier en JSON
download-folder = Télécharger le dossier
try-it = Essayer
more = Plus
no-copying = Le navigateur n’a pas autorisé la copie. Téléchargez plutôt le fichier.
