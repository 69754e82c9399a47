add-row = Agregar una fila
name = Nombre { $number }
value = Valor { $number }
remove = Quitar la fila { $number }
