tab-leaves = Ahora Tab sale del texto.
tab-indents = Tab aplica sangría. Pulsa antes Escape para salir del texto con Tab.
