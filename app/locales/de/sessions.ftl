turned-on = Eingeschaltet
not-turned-on = Nicht eingeschaltet
nothing-said = Noch nichts gesagt
own = Jede Unterhaltung in Ihrem Shop. Öffnen Sie eine, um sie fortzusetzen, oder geben Sie sie wieder.
all = Jede Unterhaltung jedes Shops. Öffnen Sie eine, um wiederzugeben, was der Shopinhaber gesehen hat.
none = Es gibt noch keine Sitzungen.
events = { $count ->
    [one] · { $count } Ereignis
   *[other] · { $count } Ereignisse
}
