add-address = アドレスを追加
add-one = 追加
example-address = これは例のアドレスです。送っても誰にも読まれません。ご自身のアドレスを入力してください。
no-address = メールアドレスではありません
added = 追加しました：{ $items }
removed = 削除しました：{ $item }
remove = { $item }を削除
