say-it = Dites-le avec vos propres mots. Le workflow se dessine pendant qu’il s’écrit, et rien ne s’exécute avant que vous l’activiez.
try-one = Essayez l’un de ces exemples
template = Ou partir d’un modèle
english = Écrivez de préférence en anglais : c’est la langue que le modèle comprend le mieux.
