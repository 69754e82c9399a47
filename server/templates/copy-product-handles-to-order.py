# name: Keep the products of an order as tags
# category: Orders
# description: Goes through the lines of a new order and tags the order with the handle of each product.
@order_created
def copy_product_handles_to_order(order):
    for item in order.lineItems:
        add_order_tags(order_id=order.id, tags=["{{ lineItemsForeachitem.product.handle }}"])
