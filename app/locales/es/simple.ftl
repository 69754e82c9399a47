not-set = Sin definir
smallest = De menor a mayor
largest = De mayor a menor
order = Orden
