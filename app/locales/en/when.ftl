months = Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
date = { $day } { $month } { $year }, { $time }
milliseconds = { $count } ms
seconds = { $count } s
minutes = { $count } min
decimal = .
