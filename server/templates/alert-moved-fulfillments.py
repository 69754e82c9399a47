# name: Tell the team when a location passes an order on
# category: Fulfillment
# description: Sends an e-mail when the fulfillment of an order is moved to another location.
@fulfillment_order_moved
def alert_moved_fulfillments(fulfillmentOrder, order):
    send_email(address="team@example.com", subject="{{ order.name }} was moved", message="{{ order.name }} is now fulfilled from {{ fulfillmentOrder.assignedLocation.name }}.")
