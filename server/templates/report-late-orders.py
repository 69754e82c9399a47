# name: Daily list of orders that wait too long
# category: Fulfillment
# description: Every morning, tags orders that are unfulfilled for more than three days.
@scheduled_time(every="day", at="07:30")
def report_late_orders(scheduledAt):
    getOrderData = get_order_data(query="fulfillment_status:unfulfilled AND status:open AND created_at:<'{{ scheduledAt | date_minus: '3 days' }}'", max_root_records=100)
    for item in getOrderData:
        add_order_tags(order_id=item.id, tags=["late"])
