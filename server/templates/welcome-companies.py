# name: Note and announce new companies
# category: B2B
# description: Writes a note on a new company and tells the sales team.
@company_created
def welcome_companies(company):
    update_company_note(company_id=company.id, note="Call within two days.")
    send_email(address="sales@example.com", subject="New company: {{ company.name }}", message="{{ company.name }} was added. Call within two days.")
