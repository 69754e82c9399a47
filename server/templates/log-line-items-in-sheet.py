# name: Write every line of an order into a spreadsheet
# category: Orders
# description: Adds one row to a Google sheet for each line of a new order, with product and quantity.
# needs: Google Sheets
@order_created
def log_line_items_in_sheet(order):
    for item in order.lineItems:
        google_sheets_add_row(spreadsheet="Order lines", sheet="Lines", values={"Order": "{{ order.name }}", "Product": "{{ lineItemsForeachitem.title }}", "Quantity": "{{ lineItemsForeachitem.quantity }}"})
