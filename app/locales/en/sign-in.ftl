wrong = The e-mail address or the password is not right.
head = Automate your store by saying what should happen
email = E-mail
password = Password
