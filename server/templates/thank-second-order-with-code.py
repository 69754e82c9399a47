# name: Thank for a second order with a code
# category: Promotions
# description: Creates a personal discount code of ten percent after a customer's second order.
@order_paid
def thank_second_order(order):
    if order.customer.numberOfOrders == 2:
        create_discount_code(code="THANKS-{{ order.name | remove: '#' }}", value_type="PERCENTAGE", value="10", customer_id=order.customer.id, usage_limit=1)
