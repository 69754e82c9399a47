# name: Hide products that are sold out
# category: Inventory and products
# description: Takes a product off the store when the last of its variants is sold out, and tags it.
@variant_out_of_stock
def hide_sold_out_products(productVariant, product):
    if product.totalInventory <= 0:
        hide_product(product_id=product.id)
        add_product_tags(product_id=product.id, tags=["sold-out"])
