lost = The connection was lost. It is being tried again; nothing you had is lost.
