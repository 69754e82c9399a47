new = Nouveau workflow
appears = Votre workflow apparaîtra ici.
