nothing = Nothing was said yet.
events = Events
pause = Pause
play = Play
position = Position in the session
speed = Speed
turn-failed = Turn failed
turn-interrupted = Turn interrupted
accepted-all = Changes accepted
discarded-all = Changes discarded
turned-off = Turned off
thumbs-up = Thumbs up
thumbs-down = Thumbs down
started = Started
clock = { $at } of { $count } · { $time }
session-started = Session started in { $store }
merchant = Merchant: { $text }
turn-started = Turn started, { $model }
wrote = { $count ->
    [one] Model wrote { $count } token
   *[other] Model wrote { $count } tokens
}
repair = { $count ->
    [0] Nothing had changed, another try asked for
    [one] Repair asked for, { $count } finding
   *[other] Repair asked for, { $count } findings
}
complete = { $count ->
    [one] Workflow complete, { $count } step
   *[other] Workflow complete, { $count } steps
}
answer = Answer ({ $kind }): { $text }
finished = Turn finished in { $time }
accepted = { $count ->
    [one] { $count } change accepted
   *[other] { $count } changes accepted
}
discarded = { $count ->
    [one] { $count } change discarded
   *[other] { $count } changes discarded
}
undone = Undone: { $change }
redone = Redone: { $change }
turned-on = Turned on, version { $number }
because = { $thumb }: { $reason }
