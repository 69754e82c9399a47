# name: Archive products that are sold out for good
# category: Inventory and products
# description: Archives a product when nothing of it is left in any variant.
@variant_out_of_stock
def archive_sold_out_products(productVariant, product):
    if product.totalInventory <= 0:
        update_product_status(product_id=product.id, status="ARCHIVED")
