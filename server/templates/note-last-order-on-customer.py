# name: Note the last order on the customer
# category: Customers
# description: Writes the name of the newest order into the customer's note.
@order_created
def note_last_order(order):
    update_customer_note(customer_id=order.customer.id, note="Last order: {{ order.name }}")
