canvas = Arbeitsfläche
zoom = Zoom
zoom-in = Vergrößern
zoom-out = Verkleinern
show-all = Alles anzeigen
keys = Tasten und was sie tun
selected = { $count ->
    [one] { $count } Schritt ausgewählt.
   *[other] { $count } Schritte ausgewählt.
}
steps = { $count ->
    [one] { $count } Schritt
   *[other] { $count } Schritte
}
has-steps = { $count ->
    [one] Der Workflow hat { $count } Schritt.
   *[other] Der Workflow hat { $count } Schritte.
}
drew = Gezeichnet: { $step }
as-text = Der Workflow als Text
then = Dann
otherwise = Sonst
for-each = Für jeden
after = Danach
leads-to = { $branch }: Schritt { $number }
between = Zwischen „{ $from }“ und „{ $to }“
between-branch = Zwischen „{ $from }“ ({ $branch }) und „{ $to }“
place-after = Nach „{ $step }“
place-after-branch = Nach „{ $step }“ ({ $branch })
