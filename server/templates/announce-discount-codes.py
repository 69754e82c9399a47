# name: Tell the team about new discount codes
# category: Promotions
# description: Sends an e-mail whenever somebody creates a discount code.
@discount_code_created
def announce_discount_codes(discount):
    send_email(address="team@example.com", subject="New discount code", message="A new discount code was created: {{ discount.id }}.")
