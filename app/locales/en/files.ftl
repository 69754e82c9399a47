drop = Drop the file to bring its workflow in
reading = Reading the file
replacing = Replacing is an edit of this workflow that you can undo. A new session leaves it as it is.
new-session = Start a new session
replace = Replace this workflow
cancel = Cancel
where = Where should ‘{ $file }’ go?
