nothing-to-fill = Nothing to fill in here.
step = Step: { $step }
