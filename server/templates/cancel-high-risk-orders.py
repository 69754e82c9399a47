# name: Cancel orders of high risk
# category: Risk
# description: Cancels an order whose fraud risk is high, refunds it and puts the items back.
@order_risk_analyzed
def cancel_high_risk_orders(order, orderRiskLevel):
    if orderRiskLevel == "HIGH":
        cancel_order(order_id=order.id, reason="FRAUD", notify_customer=True, refund=True, restock=True)
        add_order_tags(order_id=order.id, tags=["cancelled-for-risk"])
