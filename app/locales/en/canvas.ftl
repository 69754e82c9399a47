canvas = Canvas
zoom = Zoom
zoom-in = Zoom in
zoom-out = Zoom out
show-all = Show all
keys = Keys and what they do
selected = { $count ->
    [one] { $count } step selected.
   *[other] { $count } steps selected.
}
steps = { $count ->
    [one] { $count } step
   *[other] { $count } steps
}
has-steps = { $count ->
    [one] The workflow has { $count } step.
   *[other] The workflow has { $count } steps.
}
drew = Drew { $step }
as-text = The workflow as text
then = Then
otherwise = Otherwise
for-each = For each
after = After
leads-to = { $branch }: step { $number }
between = Between ‘{ $from }’ and ‘{ $to }’
between-branch = Between ‘{ $from }’ ({ $branch }) and ‘{ $to }’
place-after = After ‘{ $step }’
place-after-branch = After ‘{ $step }’ ({ $branch })
