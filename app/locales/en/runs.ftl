gone = There is no such workflow in your store; it may have been removed.
running = Running
waiting = Waiting
succeeded = Succeeded
failed = Failed
not-yet = It has not run yet. It runs when its trigger happens in your store.
steps = { $count ->
    [one] { $count } step
   *[other] { $count } steps
}
done = { $count ->
    [0] nothing to do
    [one] { $count } thing done
   *[other] { $count } things done
}
both = { $steps }, { $done }
turned-on = · version { $number } · turned on
