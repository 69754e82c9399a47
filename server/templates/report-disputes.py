# name: Tell the team about disputes
# category: Risk
# description: Sends an e-mail when a buyer disputes a payment, with the date until which evidence is due.
@dispute_created
def report_disputes(dispute, order):
    send_email(address="team@example.com", subject="Dispute on {{ order.name }}", message="Evidence is due by {{ dispute.evidenceDueBy }}.")
