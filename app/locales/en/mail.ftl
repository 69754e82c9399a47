head = The mail on a test event
to = To
subject = Subject
