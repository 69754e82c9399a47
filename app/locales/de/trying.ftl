pending = Die offenen Änderungen werden ausprobiert. Es wird nichts gesendet, getaggt oder geändert.
nothing-sent = Es wird nichts gesendet, getaggt oder geändert.
no-trigger = Der Workflow hat noch keinen Trigger, also startet ihn kein Ereignis.
starts-at = Beginnt bei
write-yourself = Das Ereignis selbst schreiben
as-json = Das Ereignis als JSON
try-this = Dieses Ereignis ausprobieren
looking = Passende Ereignisse werden gesucht
what-would-happen = Was passieren würde
all-seen = { $all ->
    [one] Der einzige Zweig wurde gesehen ({ $all }).
   *[other] Alle { $all } Zweige gesehen.
}
some-seen = Bisher { $seen } von { $all } Zweigen gesehen.
