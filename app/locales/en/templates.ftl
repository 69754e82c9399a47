none = No template has these words. Say it in the builder instead, in your own.
start = Start from this
search = Search the templates
choose = Choose a template to see it drawn here.
about = { $count ->
    [one] { $count } workflow to start from. Look at it, then change it by chat: addresses such as team@example.com are placeholders.
   *[other] { $count } workflows to start from. Look at one, then change it by chat: addresses such as team@example.com are placeholders.
}
missing = Needs { $app }, which is not installed in your store
uses = Uses { $app }
