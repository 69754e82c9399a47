wrong = The e-mail address or the password is not right.
head = Automate your store by saying what should happen
email = E-mail
password = Password
again = Sign in again
again-why = You were signed out. Nothing is lost: what you were doing goes on when you have signed in.
somebody-else = Sign in as somebody else
