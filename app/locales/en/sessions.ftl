turned-on = Turned on
not-turned-on = Not turned on
nothing-said = Nothing said yet
own = Every conversation in your store. Open one to go on with it, or replay it.
all = Every conversation of every store. Open one to replay what the merchant saw.
none = There are no sessions yet.
events = { $count ->
    [one] · { $count } event
   *[other] · { $count } events
}
