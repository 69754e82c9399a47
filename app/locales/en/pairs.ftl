add-row = Add a row
name = Name { $number }
value = Value { $number }
remove = Remove row { $number }
