# name: Remind buyers of unpaid orders
# category: Orders
# description: Three days after an order, sends the invoice once more when it still is not paid.
@order_created
def remind_unpaid_orders(order):
    if order.displayFinancialStatus == "PENDING":
        wait(days=3)
        if order.displayFinancialStatus == "PENDING":
            send_order_invoice(order_id=order.id)
            add_order_tags(order_id=order.id, tags=["reminded"])
