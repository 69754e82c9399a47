tab-leaves = La touche Tab quitte maintenant le texte.
tab-indents = La touche Tab indente. Appuyez d’abord sur Échap pour quitter le texte avec Tab.
