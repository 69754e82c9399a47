tab-leaves = 次のTabキーでテキストから移動します。
tab-indents = Tabキーで字下げします。Tabキーで移動するには、先にEscキーを押してください。
