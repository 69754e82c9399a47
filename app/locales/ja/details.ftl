name = 名前
name-hint = 後のステップは、このステップで見つかったものをこの名前で読み取ります。
description = 説明
note = メモ
note-hint = ご自身や、このワークフローを管理する方のためのメモです。
head = 名前とメモ
