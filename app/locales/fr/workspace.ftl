lost = La connexion est perdue. Une nouvelle tentative est en cours ; rien de ce que vous aviez n’est perdu.
