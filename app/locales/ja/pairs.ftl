add-row = 行を追加
name = 名前{ $number }
value = 値{ $number }
remove = 行{ $number }を削除
