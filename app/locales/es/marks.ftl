fix-task = Corregir: usar la tarea de ese nombre
fix = Corregir
fix-name = Corregir: llamarlo { $name }
fix-use = Corregir: usar { $words }
