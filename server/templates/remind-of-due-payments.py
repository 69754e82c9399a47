# name: Remind of payments that are due
# category: B2B
# description: Waits a day after a payment falls due and sends a reminder when it is still open.
@payment_schedule_is_due
def remind_of_due_payments(paymentSchedule, order):
    wait(days=1)
    if order.displayFinancialStatus != "PAID":
        send_payment_reminder(order_id=order.id)
