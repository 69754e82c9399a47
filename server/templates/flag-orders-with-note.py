# name: Show the team orders with a note
# category: Orders
# description: When a buyer leaves a note with an order, tags the order and sends the note to the team.
@order_created
def flag_orders_with_note(order):
    if not empty(order.note):
        add_order_tags(order_id=order.id, tags=["has-note"])
        send_email(address="team@example.com", subject="Note on {{ order.name }}", message="{{ order.note }}")
