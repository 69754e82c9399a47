# name: Remember what a customer buys
# category: Customers
# description: Gives the customer the tags of all products in a new order.
@order_created
def copy_product_tags_to_customer(order):
    for item in order.lineItems:
        add_customer_tags(customer_id=order.customer.id, tags="{{ lineItemsForeachitem.product.tags | join: ',' }}")
