# name: Tag orders whose fulfillment is on hold
# category: Fulfillment
# description: Tags an order when its fulfillment is put on hold.
@fulfillment_order_placed_on_hold
def tag_orders_on_hold(fulfillmentOrder, order):
    add_order_tags(order_id=order.id, tags=["on-hold"])
