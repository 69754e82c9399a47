# name: Tag orders with the discount code used
# category: Orders
# description: Keeps the discount code of an order as a tag, so that a campaign can be filtered in the order list.
@order_created
def tag_orders_by_discount_code(order):
    if not empty(order.discountCode):
        add_order_tags(order_id=order.id, tags=["{{ order.discountCode }}"])
