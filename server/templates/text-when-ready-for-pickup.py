# name: Text buyers when an order is ready
# category: Buyer experience
# description: Sends a text message with Twilio when an order is prepared for pickup.
# needs: Twilio
@fulfillment_order_prepared_for_pickup
def text_when_ready(fulfillmentOrder, order):
    if not empty(order.phone):
        twilio_send_sms(to="{{ order.phone }}", body="{{ order.name }} is ready to be picked up.")
