months = ene feb mar abr may jun jul ago sept oct nov dic
date = { $day } { $month } { $year }, { $time }
milliseconds = { $count } ms
seconds = { $count } s
minutes = { $count } min
decimal = ,
