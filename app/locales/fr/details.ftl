name = Nom
name-hint = Les étapes suivantes lisent sous ce nom ce que cette étape a trouvé.
description = Description
note = Note
note-hint = Pour vous et pour ceux qui s’occupent du workflow.
head = Nom et notes
