# name: Tag orders that hold presale items
# category: Orders
# description: Goes through the lines of a new order and tags the order when a product carries the tag presale.
@order_created
def tag_presale_orders(order):
    for item in order.lineItems:
        if any(tag == "presale" for tag in item.product.tags):
            add_order_tags(order_id=order.id, tags=["presale"])
