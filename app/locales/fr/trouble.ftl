no-page = Cette page n’existe pas
no-page-text = L’adresse est peut-être mal saisie, ou la page a été déplacée.
not-here = Introuvable
not-yours = Vous n’avez pas accès à cette page
no-connection = Pas de connexion
failed = Cela n’a pas fonctionné
back = Retour au début
