say-it = Sagen Sie es in Ihren eigenen Worten. Der Workflow wird gezeichnet, während er geschrieben wird, und nichts läuft, bevor Sie ihn einschalten.
try-one = Probieren Sie eines davon
template = Oder mit einer Vorlage beginnen
english = Schreiben Sie am besten auf Englisch: So wird das Modell Sie am besten verstehen.
