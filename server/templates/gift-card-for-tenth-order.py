# name: Reward the tenth order with a gift card
# category: Loyalty
# description: Issues a gift card over 20 when a customer places the tenth order.
@order_paid
def gift_card_for_tenth_order(order):
    if order.customer.numberOfOrders == 10:
        create_gift_card(initial_value="20", customer_id=order.customer.id, note="Thank you for ten orders")
