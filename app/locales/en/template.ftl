fit = Variables that fit
on-test = On a test event
nothing = (nothing)
