# name: Send new company contacts their access
# category: B2B
# description: Sends the access e-mail to a contact as soon as it is added to a company.
@company_contact_created
def send_access_to_contacts(companyContact):
    send_b2b_access_email(company_contact_id=companyContact.id)
