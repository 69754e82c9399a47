no-page = このページは存在しません
no-page-text = アドレスが間違っているか、ページが移動した可能性があります。
not-here = 見つかりません
not-yours = 表示する権限がありません
no-connection = 接続できません
failed = うまくいきませんでした
back = 最初に戻る
