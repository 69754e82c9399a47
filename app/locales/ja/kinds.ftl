condition = 条件
trigger = トリガー
action = アクション
loop = ループ
wait = 待機
