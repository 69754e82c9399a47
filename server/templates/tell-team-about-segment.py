# name: Tell the team who joined a segment
# category: Customers
# description: Sends an e-mail when a customer joins a segment that you choose.
@customer_joined_segment(segment_id="gid://shopify/Segment/1")
def tell_team_about_segment(customer, segment):
    send_email(address="team@example.com", subject="{{ customer.displayName }} joined {{ segment.name }}", message="{{ customer.displayName }} is now in the segment {{ segment.name }}.")
