fit = 当てはまる変数
on-test = テストイベントの場合
nothing = （なし）
