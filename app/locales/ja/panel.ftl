nothing-to-fill = ここで入力するものはありません。
step = ステップ：{ $step }
