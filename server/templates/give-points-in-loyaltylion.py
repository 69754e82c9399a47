# name: Add loyalty points for big orders
# category: Loyalty
# description: Adds 50 points in LoyaltyLion when an order of 200 or more is paid.
# needs: LoyaltyLion
@order_paid
def give_points(order):
    if order.totalPriceSet.shopMoney.amount >= 200:
        loyaltylion_add_points(customer_id=order.customer.id, points="50", reason="Big order")
