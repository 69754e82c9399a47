to-mend = オンにする前に修正が必要です
worth-a-look = 確認をおすすめします
good-to-know = 参考情報
remarks = { $count }件のお知らせ
head = オンにする前に{ $count }件の修正が必要です
