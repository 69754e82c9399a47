wait = Wait until the turn is finished.
judge-first = Accept or discard the changes first.
mend-first = Mend what the check found first.
turn-off = Turn off
turn-on-changes = Turn on changes
turn-on = Turn on
