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
