# name: Tag customers who spent a lot
# category: Customers
# description: Once a customer has spent 1,000 in total, marks the customer as VIP.
@order_paid
def tag_vip_customers(order):
    if order.customer.amountSpent.amount >= 1000:
        add_customer_tags(customer_id=order.customer.id, tags=["VIP"])
