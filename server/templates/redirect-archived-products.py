# name: Send visitors of archived products elsewhere
# category: Inventory and products
# description: Creates a redirect to all products when a product is archived, so that old links still work.
@product_status_updated
def redirect_archived_products(product, oldStatus):
    if product.status == "ARCHIVED":
        create_redirect_url(path="/products/{{ product.handle }}", target="/collections/all")
