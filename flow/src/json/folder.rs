//! A workflow as files of a folder, the way Shopify's command line keeps workflows beside a shop's
//! code (`shopify flow workflow push`): `flow.toml`, and one document for each workflow.

use serde_json::Value;

use super::write::{sort_objects, to_value};
use crate::workflow::Workflow;

/// A file of the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderFile {
    /// Relative, with `/` between its parts.
    pub path: String,
    /// What stands in it.
    pub text: String,
}

/// The files of a folder that holds this workflow, for the shop at this address
/// (`harbor-goods.myshopify.com`).
pub fn folder(workflow: &Workflow, store: &str) -> Vec<FolderFile> {
    let config = format!(
        "store = {}\n\n[workflows]\ndir = \"workflows\"\n",
        // A text of JSON is one of TOML too.
        Value::from(store)
    );
    vec![
        FolderFile {
            path: "flow.toml".to_string(),
            text: config,
        },
        FolderFile {
            path: format!("workflows/{}/workflow.flow.json", slug(&workflow.name)),
            text: to_pretty(workflow),
        },
    ]
}

/// The document with all keys sorted, indented by two spaces, with a line break at its end: the form
/// in which two versions can be compared line by line.
pub fn to_pretty(workflow: &Workflow) -> String {
    let mut value = to_value(workflow);
    sort_objects(&mut value);
    format!("{value:#}\n")
}

/// The longest name of a folder or file.
const MAX_SLUG: usize = 60;

/// A workflow's name as the name of a folder or a file: small letters, digits and hyphens.
pub fn slug(name: &str) -> String {
    let mut slug = String::new();
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= MAX_SLUG {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    if slug.is_empty() {
        "workflow".to_string()
    } else {
        slug.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflow::{Link, Step, TaskType};

    fn small() -> Workflow {
        let mut action = Step::new(
            "2",
            "shopify::admin::add_order_tags",
            "0.1",
            TaskType::Action,
        );
        action.set_config("tags", "[\"VIP\"]");
        Workflow {
            name: "Tag “big” orders — now!".to_string(),
            steps: vec![
                Step::new(
                    "1",
                    "shopify::admin::order_created",
                    "0.1",
                    TaskType::Trigger,
                ),
                action,
            ],
            links: vec![Link::new("1", "output", "2")],
            ..Workflow::default()
        }
    }

    #[test]
    fn a_folder_holds_the_config_and_the_sorted_document() {
        let files = folder(&small(), "harbor-goods.myshopify.com");
        let shown: Vec<String> = files
            .iter()
            .map(|file| format!("--- {}\n{}", file.path, file.text))
            .collect();
        insta::assert_snapshot!(shown.join(""));
    }

    #[test]
    fn the_document_reads_back_the_same() {
        let text = to_pretty(&small());
        assert_eq!(
            crate::json::parse(&text).map(|read| read.workflow),
            Ok(small())
        );
    }

    #[test]
    fn names_become_slugs() {
        for (name, expected) in [
            ("Tag big orders", "tag-big-orders"),
            ("  ../../etc/passwd", "etc-passwd"),
            ("日本語", "workflow"),
            ("", "workflow"),
            (&"long ".repeat(40), &"long-".repeat(12)[..59]),
        ] {
            assert_eq!(slug(name), expected, "{name}");
        }
    }
}
