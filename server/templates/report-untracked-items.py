# name: Find items whose stock is not tracked
# category: Inventory and products
# description: Tells the team when a new item does not have its stock tracked.
@inventory_item_created
def report_untracked_items(inventoryItem):
    if inventoryItem.tracked == False:
        send_email(address="team@example.com", subject="Not tracked: {{ inventoryItem.sku }}", message="The stock of {{ inventoryItem.sku }} is not tracked.")
