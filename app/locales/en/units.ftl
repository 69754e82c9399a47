seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
weeks = { $count ->
    [one] { $count } week
   *[other] { $count } weeks
}
months = { $count ->
    [one] { $count } month
   *[other] { $count } months
}
years = { $count ->
    [one] { $count } year
   *[other] { $count } years
}
every-minutes = { $count ->
    [1] Every minute
   *[other] Every { $count } minutes
}
every-hours = { $count ->
    [1] Every hour
   *[other] Every { $count } hours
}
every-days = { $count ->
    [1] Every day
   *[other] Every { $count } days
}
every-weeks = { $count ->
    [1] Every week
   *[other] Every { $count } weeks
}
every-months = { $count ->
    [1] Every month
   *[other] Every { $count } months
}
every-years = { $count ->
    [1] Every year
   *[other] Every { $count } years
}
on-days = { $every } on { $days }
on-month-days = { $every } on day { $days }
at-time = { $every } at { $time }
weekdays = Monday Tuesday Wednesday Thursday Friday Saturday Sunday
