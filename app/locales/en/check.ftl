to-mend = To mend before it can be turned on
worth-a-look = Worth a look
good-to-know = Good to know
remarks = { $count ->
    [one] { $count } remark
   *[other] { $count } remarks
}
head = { $count ->
    [one] { $count } thing to mend before this can be turned on
   *[other] { $count } things to mend before this can be turned on
}
to-fill-in = Still to fill in
values = { $count ->
    [one] { $count } value to fill in
   *[other] { $count } values to fill in
}
more = { $count ->
    [one] { $count } more follows when some of these are mended.
   *[other] { $count } more follow when some of these are mended.
}
example = in { $place } is an example. Put in your own.
show = Show
meaning = What does this mean?
what-to-do = What to do
