# name: Give buyers half an hour to change an order
# category: Fulfillment
# description: Holds the fulfillment of every new order for 30 minutes and then lets it go.
@fulfillment_order_ready_to_fulfill
def hold_for_half_an_hour(fulfillmentOrder, order):
    hold_fulfillment_order(fulfillment_order_id=fulfillmentOrder.id, reason="OTHER", reason_notes="The buyer may still change the order.")
    wait(minutes=30)
    release_fulfillment_hold(fulfillment_order_id=fulfillmentOrder.id)
