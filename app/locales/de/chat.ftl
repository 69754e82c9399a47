conversation = Unterhaltung
drawing = Der Workflow wird gezeichnet
thinking = Einen Moment, es wird überlegt
task-search = Hat die Aufgaben Ihres Shops durchsucht
task-configuration = Hat nachgelesen, wie eine Aufgabe eingerichtet wird
environment-paths = Hat nachgesehen, welche Felder es gibt
shop-resource-search = Hat den Shop durchsucht
template-search = Hat Vorlagen durchgesehen
workflow-lookup = Hat Ihre Workflows angesehen
helpful = Hilfreich
not-helpful = Nicht hilfreich
what-was-wrong = Was war falsch? (optional)
tell-us = Mitteilen
composer-label = Was soll in Ihrem Shop passieren?
composer-hint = Sagen Sie, was in Ihrem Shop passieren soll
enter = Senden mit der Eingabetaste
send = Senden
stop = Anhalten
used = Hat { $tool } verwendet
you-said = Sie sagten:
flowright-said = Flowright sagte:
not-sent = Noch nicht gesendet. Es wird gesendet, sobald der Server erreichbar ist.
take-back = Zurücknehmen
before = { $count ->
    [one] { $count } Änderung davor
   *[other] { $count } Änderungen davor
}
