//! Plausible values by type and by the name of the field.

use serde_json::{Value, json};

use crate::catalog::{Catalog, TypeRef};

/// The number of the first made-up object; later items of a list count on.
const FIRST_ID: usize = 1001;

/// A value of a scalar type for the field `name` of an object of type `owner`. `number` counts the
/// items of a list from 0, so that their ids differ.
pub(super) fn scalar(
    catalog: &Catalog,
    owner: &str,
    name: &str,
    ty: &TypeRef,
    number: usize,
) -> Value {
    if let Some(values) = catalog.enum_values(&ty.name) {
        return values
            .first()
            .map_or_else(|| json!("SAMPLE"), |value| json!(value));
    }
    match ty.name.as_str() {
        "ID" => {
            let object = if name == "id" { owner } else { "Node" };
            json!(format!("gid://shopify/{object}/{}", FIRST_ID + number))
        }
        "StorefrontID" => json!(format!("gid://shopify/{owner}/{}", FIRST_ID + number)),
        "Int" => json!(2),
        "Float" => json!(1.5),
        // Flow gives amounts and large numbers as texts.
        "Decimal" | "Money" => json!("25.00"),
        "UnsignedInt64" | "BigInt" => json!((FIRST_ID + number).to_string()),
        "Boolean" => json!(false),
        "DateTime" => json!("2026-05-01T10:00:00Z"),
        "Date" => json!("2026-05-01"),
        "URL" => json!("https://shop.example/sample"),
        "HTML" => json!("<p>Sample</p>"),
        "Color" => json!("#336699"),
        "UtcOffset" => json!("+00:00"),
        "String" | "FormattedString" => json!(text(owner, name)),
        _ => json!("sample"),
    }
}

fn text(owner: &str, name: &str) -> String {
    match name {
        "email" | "contactEmail" => "ann@example.com".to_string(),
        "phone" => "+15550100".to_string(),
        "name" if matches!(owner, "Order" | "DraftOrder") => "#1001".to_string(),
        "firstName" => "Ann".to_string(),
        "lastName" => "Lee".to_string(),
        "displayName" if owner == "Customer" => "Ann Lee".to_string(),
        "sku" => "SKU-1001".to_string(),
        "tags" => "sample".to_string(),
        "handle" => "sample".to_string(),
        "city" => "Ottawa".to_string(),
        "zip" => "K1A 0B1".to_string(),
        "country" => "Canada".to_string(),
        "legacyResourceId" => "1001".to_string(),
        _ => format!("Sample {}", spaced(name)),
    }
}

/// `productType` becomes `product type`.
fn spaced(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push(' ');
        }
        out.extend(c.to_lowercase());
    }
    out
}
