# name: Tag customers who have gone quiet
# category: Customers
# description: Once a week, tags customers whose last order is more than half a year ago.
@scheduled_time(every="week", on=["MO"], at="07:00")
def tag_quiet_customers(scheduledAt):
    getCustomerData = get_customer_data(query="last_order_date:<'{{ scheduledAt | date_minus: '180 days' }}'", max_root_records=100)
    for item in getCustomerData:
        add_customer_tags(customer_id=item.id, tags=["quiet"])
