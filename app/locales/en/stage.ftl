new = New workflow
appears = Your workflow appears here.
