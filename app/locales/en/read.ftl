waits = This can be edited when the changes that wait are accepted or discarded.
empty = Empty
all-of-these = All of these
any-of-these = Any of these
not-this = Not this
show = Show
