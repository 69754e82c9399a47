tab-leaves = Mit Tab verlassen Sie jetzt den Text.
tab-indents = Tab rückt ein. Drücken Sie erst Escape, um den Text mit Tab zu verlassen.
