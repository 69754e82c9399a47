add-address = Add an address
add-one = Add one
example-address = This is an example address: nobody reads what is sent there. Put in your own.
no-address = No e-mail address
added = Added { $items }
removed = Removed { $item }
remove = Remove { $item }
