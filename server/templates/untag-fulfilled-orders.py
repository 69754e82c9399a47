# name: Take working tags off fulfilled orders
# category: Fulfillment
# description: Removes the tag new from an order once everything in it is fulfilled.
@order_fulfilled
def untag_fulfilled_orders(order):
    remove_order_tags(order_id=order.id, tags=["new"])
