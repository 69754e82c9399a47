lost = Die Verbindung ist abgebrochen. Sie wird gerade neu aufgebaut; nichts von Ihnen ist verloren.
