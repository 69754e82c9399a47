# name: Write international orders into a spreadsheet
# category: Orders
# description: Adds one row to a Google sheet for every order that goes outside the United States; put your own country in.
# needs: Google Sheets
@order_created
def log_orders_in_sheet(order):
    if order.shippingAddress.countryCodeV2 != "US":
        google_sheets_add_row(spreadsheet="International orders", sheet="Orders", values={"Order": "{{ order.name }}", "Country": "{{ order.shippingAddress.country }}", "Total": "{{ order.totalPriceSet.shopMoney.amount }}"})
