lost = Se perdió la conexión. Se está reintentando; no se perdió nada de lo que tenías.
