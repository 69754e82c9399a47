none = Ninguna plantilla tiene esas palabras. Dilo mejor en el editor, con las tuyas.
start = Empezar con esta
search = Buscar en las plantillas
choose = Elige una plantilla para verla dibujada aquí.
about = { $count ->
    [one] { $count } flujo de trabajo para empezar. Míralo y cámbialo después por chat: las direcciones como team@example.com son de ejemplo.
   *[other] { $count } flujos de trabajo para empezar. Mira uno y cámbialo después por chat: las direcciones como team@example.com son de ejemplo.
}
missing = Necesita { $app }, que no está instalada en tu tienda
uses = Usa { $app }
