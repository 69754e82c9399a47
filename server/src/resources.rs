//! What a store has, as its events show it: the names and ids of collections, locations, segments.
//!
//! A merchant names these, and Flow wants their ids. Whatever an event holds with an id and a name is
//! remembered for the turns that come ([`agent::resources`]).

pub mod store;

use std::sync::Arc;

use agent::resources::Resource;
use serde_json::{Map, Value};
use sqlx::AnyPool;

use crate::Result;

/// The types that some step wants by id. Products and customers are told apart by conditions instead.
const KINDS: [&str; 5] = [
    "Collection",
    "CompanyLocationCatalog",
    "Location",
    "ProductVariant",
    "Segment",
];

/// What an id begins with.
const ID: &str = "gid://shopify/";

/// How many things of one event are remembered.
const MOST_IN_EVENT: usize = 50;

/// The longest name that is remembered, in bytes.
const LONGEST: usize = 200;

/// Remembers what an event shows.
pub async fn seen(
    pool: &AnyPool,
    store: &str,
    event: &Map<String, Value>,
    now_ms: i64,
) -> Result<()> {
    for resource in shown(event.values().collect()) {
        store::set(pool, store, &resource, now_ms).await?;
    }
    Ok(())
}

/// What a store is known to have, last seen first.
pub async fn of(pool: &AnyPool, store: &str) -> Result<Arc<[Resource]>> {
    store::of(pool, store).await.map(Arc::from)
}

/// The things with an id and a name anywhere in an event, each once.
fn shown(mut open: Vec<&Value>) -> Vec<Resource> {
    let mut found: Vec<Resource> = Vec::new();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => {
                open.extend(fields.values());
                let text = |name: &str| fields.get(name).and_then(Value::as_str);
                let name = text("title").or(text("name")).or(text("displayName"));
                let (Some(id), Some(name)) = (text("id"), name) else {
                    continue;
                };
                let kind = id.strip_prefix(ID).and_then(|rest| rest.split('/').next());
                let Some(kind) = kind.filter(|kind| KINDS.contains(kind)) else {
                    continue;
                };
                let fits = !name.trim().is_empty() && name.len() <= LONGEST && id.len() <= LONGEST;
                if fits && found.iter().all(|known| known.id != id) {
                    found.push(Resource {
                        kind: kind.to_string(),
                        name: name.trim().to_string(),
                        id: id.to_string(),
                    });
                }
                if found.len() == MOST_IN_EVENT {
                    break;
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_event_shows_what_it_names() {
        let event = json!({
            "order": {
                "id": "gid://shopify/Order/1", "name": "#1001",
                "lineItems": [{"product": {"id": "gid://shopify/Product/2", "title": "Lamp", "collections": [
                    {"id": "gid://shopify/Collection/3", "title": " Summer Sale "},
                    {"id": "gid://shopify/Collection/4", "title": ""},
                    {"id": "gid://shopify/Collection/5"},
                ]}}],
                "location": {"id": "gid://shopify/Location/6", "name": "North pier"},
                "again": {"id": "gid://shopify/Location/6", "name": "North pier"},
                "odd": {"id": "gid://other/Location/7", "name": "South pier"},
            }
        });
        let names: Vec<(String, String)> = shown(vec![&event])
            .into_iter()
            .map(|resource| (resource.kind, resource.name))
            .collect();
        let expected = [("Collection", "Summer Sale"), ("Location", "North pier")]
            .map(|(kind, name)| (kind.to_string(), name.to_string()));
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(expected.iter().all(|one| names.contains(one)), "{names:?}");
    }

    #[test]
    fn an_event_of_many_things_fills_no_database() {
        let many: Vec<Value> = (0..1_000)
            .map(|number| json!({"id": format!("gid://shopify/Segment/{number}"), "name": "x"}))
            .collect();
        assert_eq!(shown(vec![&json!({ "all": many })]).len(), MOST_IN_EVENT);
    }
}
