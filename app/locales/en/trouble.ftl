no-page = This page does not exist
no-page-text = The address may be mistyped, or the page has moved.
not-here = This is not here
not-yours = This is not yours to see
no-connection = No connection
failed = That did not work
back = Back to the start
