fix-task = 修正：その名前のタスクを使う
fix = 修正
fix-name = 修正：名前を{ $name }にする
fix-use = 修正：{ $words }を使う
