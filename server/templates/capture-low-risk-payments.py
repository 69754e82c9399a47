# name: Capture payments when the risk is low
# category: Risk
# description: Captures the payment of an authorised order unless its risk is high; then it is tagged for a look.
@order_risk_analyzed
def capture_low_risk_payments(order, orderRiskLevel):
    if orderRiskLevel == "HIGH":
        add_order_tags(order_id=order.id, tags=["review"])
        send_email(address="team@example.com", subject="Review {{ order.name }}", message="The risk of {{ order.name }} is high; its payment was not captured.")
    else:
        if order.displayFinancialStatus == "AUTHORIZED":
            capture_payment(order_id=order.id)
