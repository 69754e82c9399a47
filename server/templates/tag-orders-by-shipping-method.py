# name: Tag orders with their shipping method
# category: Orders
# description: Puts the name of the chosen shipping method on each new order as a tag.
@order_created
def tag_orders_by_shipping_method(order):
    if not empty(order.shippingLine.title):
        add_order_tags(order_id=order.id, tags=["{{ order.shippingLine.title }}"])
