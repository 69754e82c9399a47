new = Nuevo flujo de trabajo
appears = Tu flujo de trabajo aparecerá aquí.
