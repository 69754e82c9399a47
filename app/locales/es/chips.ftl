add-address = Agregar una dirección
add-one = Agregar
example-address = Esta es una dirección de ejemplo: nadie lee lo que se envía ahí. Pon la tuya.
no-address = No es una dirección de correo
added = Agregado: { $items }
removed = Quitado: { $item }
remove = Quitar { $item }
