# name: Open a ticket for cancelled orders
# category: Buyer experience
# description: Opens a ticket in Zendesk when an order is cancelled, so that somebody asks why.
# needs: Zendesk
@order_cancelled
def ticket_for_cancelled_orders(order):
    zendesk_create_ticket(subject="{{ order.name }} was cancelled", message="Ask {{ order.customer.displayName }} what went wrong.", customer_email="{{ order.email }}", priority="normal")
