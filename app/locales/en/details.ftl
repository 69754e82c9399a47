name = Name
name-hint = Later steps read what this step found under this name.
description = Description
note = Note
note-hint = For yourself and whoever looks after the workflow.
head = Name and notes
