none = Keine Vorlage enthält diese Wörter. Sagen Sie es stattdessen im Editor mit Ihren eigenen.
start = Damit beginnen
search = Vorlagen durchsuchen
choose = Wählen Sie eine Vorlage, um sie hier gezeichnet zu sehen.
about = { $count ->
    [one] { $count } Workflow zum Loslegen. Sehen Sie ihn an und ändern Sie ihn dann im Chat: Adressen wie team@example.com sind Platzhalter.
   *[other] { $count } Workflows zum Loslegen. Sehen Sie einen an und ändern Sie ihn dann im Chat: Adressen wie team@example.com sind Platzhalter.
}
missing = Benötigt { $app }, das in Ihrem Shop nicht installiert ist
uses = Verwendet { $app }
