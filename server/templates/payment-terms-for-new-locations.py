# name: Give new company locations 30 days to pay
# category: B2B
# description: Sets the payment terms of a new company location to net 30.
@company_location_created
def payment_terms_for_new_locations(companyLocation):
    update_company_location_payment_terms(company_location_id=companyLocation.id, payment_terms="NET_30")
