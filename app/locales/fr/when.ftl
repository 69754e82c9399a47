months = janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.
date = { $day } { $month } { $year }, { $time }
milliseconds = { $count } ms
seconds = { $count } s
minutes = { $count } min
decimal = ,
