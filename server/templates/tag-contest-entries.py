# name: Collect contest entries
# category: Promotions
# description: Tags each order of 100 or more as an entry to a contest.
@order_created
def tag_contest_entries(order):
    if order.totalPriceSet.shopMoney.amount >= 100:
        add_order_tags(order_id=order.id, tags=["contest_entry"])
