not-set = Nicht festgelegt
smallest = Kleinste zuerst
largest = Größte zuerst
order = Reihenfolge
