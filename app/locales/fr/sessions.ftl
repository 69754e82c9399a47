turned-on = Activé
not-turned-on = Non activé
nothing-said = Rien n’a encore été dit
own = Toutes les conversations de votre boutique. Ouvrez-en une pour la poursuivre ou la relire.
all = Toutes les conversations de toutes les boutiques. Ouvrez-en une pour relire ce que le marchand a vu.
none = Il n’y a pas encore de session.
events = { $count ->
    [one] · { $count } événement
   *[other] · { $count } événements
}
