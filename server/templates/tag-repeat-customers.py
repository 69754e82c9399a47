# name: Tag customers who come back
# category: Customers
# description: Marks a customer as returning with the second order and takes the tag new away.
@order_created
def tag_repeat_customers(order):
    if order.customer.numberOfOrders >= 2:
        remove_customer_tags(customer_id=order.customer.id, tags=["new"])
        add_customer_tags(customer_id=order.customer.id, tags=["returning"])
