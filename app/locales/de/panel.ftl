nothing-to-fill = Hier ist nichts auszufüllen.
step = Schritt: { $step }
