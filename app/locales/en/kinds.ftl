condition = Condition
trigger = Trigger
action = Action
loop = Loop
wait = Wait
