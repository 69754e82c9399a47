# name: Tag high-value orders
# category: Orders
# description: Marks every new order of 500 or more with a tag, so that it can be found and packed with care.
@order_created
def tag_high_value_orders(order):
    if order.totalPriceSet.shopMoney.amount >= 500:
        add_order_tags(order_id=order.id, tags=["high-value"])
