# name: Stop calling customers new
# category: Loyalty
# description: Takes the tag new off a customer whose order reaches 50.
@order_created
def drop_new_tag(order):
    if order.totalPriceSet.shopMoney.amount >= 50:
        remove_customer_tags(customer_id=order.customer.id, tags=["new"])
