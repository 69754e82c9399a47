head = Die E-Mail bei einem Testereignis
to = An
subject = Betreff
