# name: Tell the team about low stock
# category: Inventory and products
# description: Sends an e-mail the moment a variant falls below five pieces.
@inventory_quantity_changed
def report_low_stock(product, productVariant, inventoryQuantityPrior):
    if productVariant.inventoryQuantity < 5 and inventoryQuantityPrior >= 5:
        send_email(address="team@example.com", subject="Low stock: {{ product.title }}", message="{{ productVariant.displayName }}: {{ productVariant.inventoryQuantity }} left.")
