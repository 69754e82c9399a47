months = 1 2 3 4 5 6 7 8 9 10 11 12
date = { $year }年{ $month }月{ $day }日 { $time }
milliseconds = { $count }ミリ秒
seconds = { $count }秒
minutes = { $count }分
decimal = .
