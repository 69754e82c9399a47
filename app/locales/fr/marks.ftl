fix-task = Corriger : utiliser la tâche de ce nom
fix = Corriger
fix-name = Corriger : nommer { $name }
fix-use = Corriger : utiliser { $words }
