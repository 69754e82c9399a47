# name: Tag orders that leave the country
# category: Orders
# description: Tags orders that go outside the United States with the name of the country; put your own country in.
@order_created
def tag_international_orders(order):
    if order.shippingAddress.countryCodeV2 != "US":
        add_order_tags(order_id=order.id, tags=["international", "{{ order.shippingAddress.country }}"])
