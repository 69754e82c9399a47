drop = Suelta el archivo para importar su flujo de trabajo
reading = Leyendo el archivo
replacing = Reemplazarlo es una edición de este flujo de trabajo que puedes deshacer. Una sesión nueva lo deja como está.
new-session = Empezar una sesión nueva
replace = Reemplazar este flujo de trabajo
cancel = Cancelar
where = ¿Adónde debe ir «{ $file }»?
