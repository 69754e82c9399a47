# name: Announce big orders in Slack
# category: Orders
# description: Posts a message in a Slack channel when an order of 1,000 or more comes in.
# needs: Slack
@order_created
def announce_big_orders(order):
    if order.totalPriceSet.shopMoney.amount >= 1000:
        slack_send_message(channel="#orders", message="{{ order.name }}: {{ order.totalPriceSet.shopMoney.amount }} from {{ order.customer.displayName }}")
