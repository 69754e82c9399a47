# name: Archive orders once they are delivered
# category: Orders
# description: Clears the order list: an order whose delivery was reported and that is paid is archived.
@fulfillment_event_created
def archive_delivered_orders(fulfillmentEvent, fulfillment, order):
    if fulfillmentEvent.status == "DELIVERED" and order.displayFinancialStatus == "PAID":
        archive_order(order_id=order.id)
