# name: Tell the team about returns
# category: Buyer experience
# description: Sends an e-mail and tags the order when a buyer asks for a return.
@return_requested
def report_return_requests(return, order):
    add_order_tags(order_id=order.id, tags=["return-requested"])
    send_email(address="team@example.com", subject="Return of {{ order.name }}", message="A return of {{ return.totalQuantity }} items was requested.")
