# name: Tell the team about cancelled fulfillments
# category: Fulfillment
# description: Sends an e-mail when a fulfillment order is cancelled, with the name of the order.
@fulfillment_order_canceled
def tell_about_cancelled_fulfillments(fulfillmentOrder, order):
    send_email(address="team@example.com", subject="Fulfillment of {{ order.name }} cancelled", message="Look at {{ order.name }}: one of its fulfillments was cancelled.")
