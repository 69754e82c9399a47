//! `shop_resource_search`: locations, segments, collections and other fixed things of the shop by
//! name, for fields that need an id.

use serde::{Deserialize, Serialize};

use super::words::Words;
use crate::resources::words;

/// How many resources are shown.
const LIMIT: usize = 5;

/// One thing of the shop.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Resource {
    /// Its type as the catalogue calls it, such as `Collection`.
    pub kind: String,
    pub name: String,
    /// `gid://shopify/Collection/1`
    pub id: String,
}

impl Resource {
    /// As a line of the tool's result.
    pub fn line(&self) -> String {
        format!("{} \"{}\": {}", words(&self.kind), self.name, self.id)
    }

    /// Reads a line of the tool's result; `None` if it is none.
    pub fn read(line: &str) -> Option<Resource> {
        let (named, id) = line.rsplit_once("\": ")?;
        let (_, name) = named.split_once(" \"")?;
        let kind = id.strip_prefix("gid://shopify/")?.split('/').next()?;
        Some(Resource {
            kind: kind.to_string(),
            name: name.to_string(),
            id: id.to_string(),
        })
    }
}

/// The resources that share words with the query, as `kind "name": id`, best first.
pub fn shop_resource_search(query: &str, resources: &[Resource]) -> Vec<String> {
    let stems = Words::new();
    let wanted = stems.unique(query);
    let mut found: Vec<(usize, String)> = resources
        .iter()
        .filter_map(|resource| {
            let shared = stems
                .unique(&format!("{} {}", words(&resource.kind), resource.name))
                .iter()
                .filter(|word| wanted.contains(word))
                .count();
            (shared > 0).then(|| (shared, resource.line()))
        })
        .collect();
    found.sort_by_key(|(shared, _)| std::cmp::Reverse(*shared));
    found.truncate(LIMIT);
    found.into_iter().map(|(_, line)| line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_found_by_kind_and_name() {
        let resource = |kind: &str, name: &str, id: &str| Resource {
            kind: kind.to_string(),
            name: name.to_string(),
            id: id.to_string(),
        };
        let resources = [
            resource("Location", "North \"pier\"", "gid://shopify/Location/1"),
            resource("Segment", "Sailors", "gid://shopify/Segment/2"),
        ];
        let found = shop_resource_search("the North Pier location", &resources);
        assert_eq!(
            found,
            ["location \"North \"pier\"\": gid://shopify/Location/1"]
        );
        assert_eq!(Resource::read(&found[0]).as_ref(), Some(&resources[0]));
        assert_eq!(Resource::read("none"), None);
        assert!(shop_resource_search("harbour", &resources).is_empty());
    }
}
