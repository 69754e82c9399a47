none = Nothing is turned on yet. Say what should happen in your store, look at what is drawn, and turn it on.
new = New workflow
runs = { $count ->
    [0] No runs yet
    [one] { $count } run
   *[other] { $count } runs
}
turned-on = Version { $number } · turned on
last = Last
