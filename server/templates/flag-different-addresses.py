# name: Flag big orders with two countries
# category: Risk
# description: Tags a large order when the billing country is not that of the delivery.
@order_created
def flag_different_addresses(order):
    if order.totalPriceSet.shopMoney.amount > 200 and order.billingAddress.countryCodeV2 != order.shippingAddress.countryCodeV2:
        add_order_tags(order_id=order.id, tags=["check-address"])
