# name: Give customers a loyalty tier
# category: Loyalty
# description: Tags a customer bronze, silver or gold by what was spent in total.
@order_paid
def loyalty_tiers(order):
    if order.customer.amountSpent.amount >= 1000:
        add_customer_tags(customer_id=order.customer.id, tags=["gold"])
        remove_customer_tags(customer_id=order.customer.id, tags=["silver", "bronze"])
    elif order.customer.amountSpent.amount >= 300:
        add_customer_tags(customer_id=order.customer.id, tags=["silver"])
        remove_customer_tags(customer_id=order.customer.id, tags=["bronze"])
    else:
        add_customer_tags(customer_id=order.customer.id, tags=["bronze"])
