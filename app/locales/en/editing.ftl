turn-runs = A turn is running. Wait for it to finish, or stop it, and edit then.
shows-another = The canvas shows another version. Close the versions first, and edit then.
changes-wait = Changes wait for your verdict. Accept or discard them first, and edit then.
copied = { $count ->
    [one] Copied { $count } step.
   *[other] Copied { $count } steps.
}
more-waited = { $count ->
    [one] { $count } more edit that waited was not made either.
   *[other] { $count } more edits that waited were not made either.
}
waits = { $count ->
    [one] { $count } edit waits for the connection
   *[other] { $count } edits wait for the connection
}
undo-this = Undo: { $change }
redo-this = Redo: { $change }
nothing-before = Nothing leads to this step, so nothing can come before it.
nothing-to-redo = There is nothing left to redo.
nothing-to-undo = There is nothing left to undo.
waits-for-connection = This waits for the connection.
name = Name of the workflow
rename = Rename the workflow
rename-key = Rename (F2)
add-step = Add a step
add-step-key = Add a step (A)
by-hand = Or build it by hand
what-starts = What starts the workflow?
move-to = Move to
triggers = Triggers
decide = Decide, repeat, wait
search-tasks = Search by what it does
no-task = Nothing does that. Try another word.
places = Places
search-places = Search by the steps there
no-place = There is no such place. Try another word.
apps = Apps
actions = Actions
