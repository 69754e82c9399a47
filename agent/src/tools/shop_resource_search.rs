//! `shop_resource_search`: locations, segments, collections and other fixed things of the shop by
//! name, for fields that need an id.

use serde_json::Value;

use super::words::Words;

/// How many resources the model is shown.
const LIMIT: usize = 5;

/// The resources that share words with the query, as `kind "name": id`, best first.
pub fn shop_resource_search(query: &str, resources: &[Value]) -> Vec<String> {
    let words = Words::new();
    let wanted = words.unique(query);
    let mut found: Vec<(usize, String)> = resources
        .iter()
        .filter_map(|resource| {
            let text = |name: &str| resource.get(name).and_then(Value::as_str);
            let (kind, name, id) = (text("kind")?, text("name")?, text("id")?);
            let shared = words
                .unique(&format!("{kind} {name}"))
                .iter()
                .filter(|word| wanted.contains(word))
                .count();
            (shared > 0).then(|| (shared, format!("{kind} \"{name}\": {id}")))
        })
        .collect();
    found.sort_by_key(|(shared, _)| std::cmp::Reverse(*shared));
    found.truncate(LIMIT);
    found.into_iter().map(|(_, line)| line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn resources_are_found_by_kind_and_name() {
        let resources = [
            json!({"kind": "location", "name": "North pier", "id": "gid://shopify/Location/1"}),
            json!({"kind": "segment", "name": "Sailors", "id": "gid://shopify/Segment/2"}),
        ];
        assert_eq!(
            shop_resource_search("the North Pier location", &resources),
            ["location \"North pier\": gid://shopify/Location/1"]
        );
        assert!(shop_resource_search("harbour", &resources).is_empty());
    }
}
