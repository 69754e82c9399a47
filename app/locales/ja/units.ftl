seconds = { $count }秒
minutes = { $count }分
hours = { $count }時間
days = { $count }日
weeks = { $count }週間
months = { $count }か月
years = { $count }年
every-minutes = { $count ->
    [1] 毎分
   *[other] { $count }分ごと
}
every-hours = { $count ->
    [1] 毎時
   *[other] { $count }時間ごと
}
every-days = { $count ->
    [1] 毎日
   *[other] { $count }日ごと
}
every-weeks = { $count ->
    [1] 毎週
   *[other] { $count }週間ごと
}
every-months = { $count ->
    [1] 毎月
   *[other] { $count }か月ごと
}
every-years = { $count ->
    [1] 毎年
   *[other] { $count }年ごと
}
on-days = { $every }{ $days }
on-month-days = { $every }{ $days }日
at-time = { $every } { $time }
weekdays = 月曜日 火曜日 水曜日 木曜日 金曜日 土曜日 日曜日
