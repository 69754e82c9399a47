say-it = Dilo con tus propias palabras. El flujo de trabajo se dibuja mientras se escribe, y nada se ejecuta hasta que lo actives.
try-one = Prueba uno de estos
template = O empieza con una plantilla
english = Escribe mejor en inglés: es el idioma que mejor entiende el modelo.
