wait = Changes wait for your verdict
pending = Pending changes
nothing-in-force = Nothing of this is in force yet.
discard-all = Discard all
accept-all = Accept all
discard = Discard
accept = Accept
empty = empty
also-accepts = Accepting this also accepts:
also-discards = Discarding this also discards:
count = { $count ->
    [one] { $count } change waits for your verdict
   *[other] { $count } changes wait for your verdict
}
discard-this = Discard: { $change }
accept-this = Accept: { $change }
