waits = 確認待ちの変更を承認または破棄すると、編集できるようになります。
empty = 空
all-of-these = 次のすべて
any-of-these = 次のいずれか
not-this = 次ではない
show = 表示
