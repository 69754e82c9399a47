# name: Welcome new customers
# category: Buyer experience
# description: Sends the welcome mail to everybody who becomes a customer, and tags them as new.
@customer_created
def welcome_new_customers(customer):
    add_customer_tags(customer_id=customer.id, tags=["new"])
    send_marketing_email(customer_id=customer.id)
