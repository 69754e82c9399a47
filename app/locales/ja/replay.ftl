nothing = まだ何も話されていません。
events = イベント
pause = 一時停止
play = 再生
position = セッション内の位置
speed = 速度
turn-failed = 応答に失敗しました
turn-interrupted = 応答が中断されました
accepted-all = 変更を承認しました
discarded-all = 変更を破棄しました
turned-off = オフにしました
thumbs-up = 高評価
thumbs-down = 低評価
started = 開始：
clock = { $at }／{ $count } · { $time }
session-started = { $store }でセッションを開始
merchant = マーチャント：{ $text }
turn-started = 応答を開始、{ $model }
wrote = モデルが{ $count }トークンを書きました
repair = { $count ->
    [0] 変更がなかったため再試行を依頼
   *[other] 修正を依頼、{ $count }件の指摘
}
complete = ワークフロー完成、{ $count }件のステップ
answer = 回答（{ $kind }）：{ $text }
finished = 応答が完了（{ $time }）
accepted = { $count }件の変更を承認
discarded = { $count }件の変更を破棄
undone = 元に戻しました：{ $change }
redone = やり直しました：{ $change }
turned-on = オンにしました（バージョン{ $number }）
because = { $thumb }：{ $reason }
