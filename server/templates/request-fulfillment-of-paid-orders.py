# name: Send paid orders to the fulfillment service
# category: Fulfillment
# description: As soon as an order is paid, asks the fulfillment service for every part of it.
@order_paid
def request_fulfillment(order):
    for item in order.fulfillmentOrders:
        submit_fulfillment_request(fulfillment_order_id=item.id, notify_customer=True)
