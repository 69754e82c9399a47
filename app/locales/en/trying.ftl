pending = The pending changes are tried. Nothing is sent, tagged or changed.
nothing-sent = Nothing is sent, tagged or changed.
no-trigger = The workflow has no trigger yet, so no event starts it.
starts-at = It starts at
write-yourself = Write the event yourself
as-json = The event as JSON
try-this = Try this event
looking = Looking for events to try it on
what-would-happen = What would happen
all-seen = { $all ->
    [one] All { $all } branches seen.
   *[other] All { $all } branches seen.
}
some-seen = { $seen } of { $all } branches seen so far.
