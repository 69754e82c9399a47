not-set = Not set
smallest = Smallest first
largest = Largest first
order = Order
