# name: Tag orders that leave the country
# category: Orders
# description: Tags orders whose delivery address is in another country, with the name of that country.
@order_created
def tag_international_orders(order):
    if order.shippingAddress.countryCodeV2 != "US":
        add_order_tags(order_id=order.id, tags=["international", "{{ order.shippingAddress.country }}"])
