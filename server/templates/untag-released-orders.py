# name: Clean up when a hold is released
# category: Fulfillment
# description: Takes the tag on-hold away when the fulfillment of an order goes on.
@fulfillment_order_hold_released
def untag_released_orders(fulfillmentOrder, order):
    remove_order_tags(order_id=order.id, tags=["on-hold"])
