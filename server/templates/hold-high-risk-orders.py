# name: Hold orders of high risk
# category: Risk
# description: Puts the fulfillment of an order on hold when its fraud risk is high, and tells the team.
@order_risk_analyzed
def hold_high_risk_orders(order, orderRiskLevel):
    if orderRiskLevel == "HIGH":
        for item in order.fulfillmentOrders:
            hold_fulfillment_order(fulfillment_order_id=item.id, reason="HIGH_RISK_OF_FRAUD")
        send_email(address="team@example.com", subject="High risk: {{ order.name }}", message="{{ order.name }} is on hold. Look at it before it ships.")
