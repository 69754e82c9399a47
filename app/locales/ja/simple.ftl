not-set = 未設定
smallest = 小さい順
largest = 大きい順
order = 順序
