fit = Passende Variablen
on-test = Bei einem Testereignis
nothing = (nichts)
