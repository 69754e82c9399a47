months = Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.
date = { $day }. { $month } { $year }, { $time }
milliseconds = { $count } ms
seconds = { $count } s
minutes = { $count } Min.
decimal = ,
