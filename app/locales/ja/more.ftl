download-flow = .flowをダウンロード
copied = コピーしました
copy-json = JSONとしてコピー
download-folder = フォルダをダウンロード
try-it = 試す
more = その他
no-copying = ブラウザがコピーを許可しませんでした。代わりにファイルをダウンロードしてください。
