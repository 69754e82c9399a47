# name: Watch over large refunds
# category: Buyer experience
# description: Tags the order and tells the team when more than 100 is refunded.
@refund_created
def watch_large_refunds(refund, order):
    if refund.totalRefundedSet.shopMoney.amount > 100:
        add_order_tags(order_id=order.id, tags=["large-refund"])
        send_email(address="team@example.com", subject="Large refund on {{ order.name }}", message="{{ refund.totalRefundedSet.shopMoney.amount }} was refunded on {{ order.name }}.")
