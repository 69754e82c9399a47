nothing-to-fill = No hay nada que rellenar aquí.
step = Paso: { $step }
