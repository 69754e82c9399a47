# name: Daily list of unfulfilled orders
# category: Orders
# description: Every morning, sends the team one e-mail with all open orders that were not fulfilled yet.
@scheduled_time(every="day", at="08:00")
def daily_unfulfilled_report(scheduledAt):
    getOrderData = get_order_data(query="fulfillment_status:unfulfilled AND status:open", sort_by="CREATED_AT DESCENDING", max_root_records=100)
    send_email(address="team@example.com", subject="Orders to fulfil", message="{% for order in getOrderData %}{{ order.name }}\n{% endfor %}")
