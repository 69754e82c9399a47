gone = このワークフローはストアにありません。削除された可能性があります。
running = 実行中
waiting = 待機中
succeeded = 成功
failed = 失敗
not-yet = まだ実行されていません。ストアでトリガーが発生すると実行されます。
steps = { $count }件のステップ
done = { $count ->
    [0] 実行なし
   *[other] { $count }件実行
}
both = { $steps }、{ $done }
turned-on = · バージョン{ $number } · オンにした日時：
