skipped = Skipped
failed = Failed
waits = Waits
ran = Ran
mixed = Mixed
would = Would be done. Nothing was.
started = Started the run.
met = The condition was met.
not-met = The condition was not met.
done = Done.
output = Output
would-wait = Would wait for { $time }; here it is over at once.
looped = { $count ->
    [one] Went through { $count } item.
   *[other] Went through { $count } items.
}
looped-some = Went through the first { $count } of { $total } items.
waits-for = Waits for { $time }.
worked-out = Worked out { $value }.
skipped-why = Skipped: { $why }
failed-why = Failed: { $why }
passed = Passed:
did-not-pass = Did not pass:
in-item = in { $item }
what-happened = What happened
event = The event that started it
goes-on = It goes on after a wait of { $time }.
run-of = Run of
