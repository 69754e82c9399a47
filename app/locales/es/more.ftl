download-flow = Descargar .flow
copied = Copiado
copy-json = Copiar como JSON
download-folder = Descargar carpeta
try-it = Probarlo
more = Más
no-copying = El navegador no permitió copiar. Descarga el archivo en su lugar.
