# name: Write to buyers who left their cart
# category: Buyer experience
# description: Waits an hour after a checkout was left and sends the marketing mail unless an order came.
@abandoned_checkout
def win_back_abandoned_carts(abandonment, customer):
    wait(hours=1)
    if abandonment.customerHasNoOrderSinceAbandonment == True:
        send_marketing_email(customer_id=customer.id)
