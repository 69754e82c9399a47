# name: Weekly list of sold-out products
# category: Inventory and products
# description: Every Monday, sends the names of active products that have nothing left.
@scheduled_time(every="week", on=["MO"], at="08:00")
def weekly_sold_out_report(scheduledAt):
    getProductData = get_product_data(query="inventory_total:<=0 AND status:active", max_root_records=100)
    send_email(address="team@example.com", subject="Sold out this week", message="{% for product in getProductData %}{{ product.title }}\n{% endfor %}")
