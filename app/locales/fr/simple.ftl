not-set = Non défini
smallest = Les plus petits d’abord
largest = Les plus grands d’abord
order = Ordre
