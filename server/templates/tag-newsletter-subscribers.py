# name: Tag newsletter subscribers
# category: Customers
# description: Tags everybody who subscribes to e-mail marketing, so that segments can use it.
@customer_subscribed_to_email_marketing
def tag_newsletter_subscribers(customer):
    add_customer_tags(customer_id=customer.id, tags=["newsletter"])
