head = テストイベントでのメール
to = 宛先
subject = 件名
