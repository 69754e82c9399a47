wait = 応答が終わるまでお待ちください。
judge-first = 先に変更を承認または破棄してください。
mend-first = 先にチェックで見つかった点を修正してください。
turn-off = オフにする
turn-on-changes = 変更をオンにする
turn-on = オンにする
