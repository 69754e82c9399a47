new = Neuer Workflow
appears = Ihr Workflow erscheint hier.
