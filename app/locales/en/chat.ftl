conversation = Conversation
drawing = Drawing the workflow
thinking = Thinking about it
task-search = Searched the tasks of your store
task-configuration = Read how a task is set up
environment-paths = Looked up which fields there are
shop-resource-search = Searched the store
template-search = Looked through templates
workflow-lookup = Looked at your workflows
helpful = Helpful
not-helpful = Not helpful
what-was-wrong = What was wrong? (optional)
tell-us = Tell us
composer-label = What should happen in your store?
composer-hint = Say what should happen in your store
enter = Enter to send
send = Send
stop = Stop
used = Used { $tool }
you-said = You said:
flowright-said = Flowright said:
not-sent = Not sent yet. It is sent as soon as the server can be reached.
take-back = Take it back
before = { $count ->
    [one] { $count } change before it
   *[other] { $count } changes before it
}
