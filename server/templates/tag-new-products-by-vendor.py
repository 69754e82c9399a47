# name: Tag new products with their vendor
# category: Inventory and products
# description: Puts the vendor's name and the product type on every new product as tags.
@product_created
def tag_new_products(product):
    add_product_tags(product_id=product.id, tags=["{{ product.vendor }}", "{{ product.productType }}"])
