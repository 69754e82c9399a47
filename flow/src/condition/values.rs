//! Looking values up in an environment of JSON, the way Flow's paths read it.

use serde_json::Value;

/// More values than any real event holds; a path that stands for more is cut here.
const MAX_VALUES: usize = 10_000;

/// A variable that hides one of the same name in the event: a loop item or a step's output.
#[derive(Clone, Debug)]
pub(crate) struct Binding<'a> {
    pub name: &'a str,
    pub value: &'a Value,
    /// Where the value came from, for people: `order.lineItems[2]`.
    pub label: String,
}

/// An event's variables, and what hides them, innermost last.
#[derive(Clone, Debug)]
pub(crate) struct Env<'a> {
    pub root: &'a Value,
    pub bindings: Vec<Binding<'a>>,
}

/// One value that a path stands for.
#[derive(Clone, Debug)]
pub(crate) struct Found<'a> {
    pub value: &'a Value,
    pub label: String,
}

/// All values a path stands for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Looked<'a> {
    pub found: Vec<Found<'a>>,
    /// The name that is nowhere in the data, if one is missing. A value of null is not missing.
    pub missing: Option<String>,
}

impl<'a> Env<'a> {
    pub(crate) fn new(root: &'a Value) -> Env<'a> {
        Env {
            root,
            bindings: Vec::new(),
        }
    }

    /// Follows a path. On the way lists are opened, so one path can stand for many values; a list
    /// at the end stays whole.
    pub(crate) fn look(&self, path: &str) -> Looked<'a> {
        let mut segments = path.split('.');
        let first = segments.next().unwrap_or_default().trim_end_matches("[]");
        let bound = self
            .bindings
            .iter()
            .rev()
            .find(|binding| binding.name == first);
        let start = match bound {
            Some(binding) => Some(Found {
                value: binding.value,
                label: binding.label.clone(),
            }),
            None => self.root.get(first).map(|value| Found {
                value,
                label: first.to_string(),
            }),
        };
        let Some(start) = start else {
            return Looked {
                found: Vec::new(),
                missing: Some(first.to_string()),
            };
        };
        let mut looked = Looked {
            found: vec![start],
            missing: None,
        };
        for segment in segments {
            let segment = segment.trim_end_matches("[]");
            let mut next = Vec::new();
            for found in looked.found.drain(..).flat_map(open) {
                match found.value {
                    Value::Null => next.push(found),
                    value => match value.get(segment) {
                        Some(inner) => next.push(Found {
                            value: inner,
                            label: format!("{}.{segment}", found.label),
                        }),
                        None => {
                            looked.missing.get_or_insert_with(|| segment.to_string());
                        }
                    },
                }
                if next.len() >= MAX_VALUES {
                    break;
                }
            }
            looked.found = next;
        }
        looked
    }

    /// The values of a path with every list opened, also one at the end.
    pub(crate) fn scalars(&self, path: &str) -> Looked<'a> {
        let looked = self.look(path);
        Looked {
            found: looked
                .found
                .into_iter()
                .flat_map(open)
                .take(MAX_VALUES)
                .collect(),
            missing: looked.missing,
        }
    }
}

/// The items of a list; any other value stands for itself.
fn open(found: Found<'_>) -> Vec<Found<'_>> {
    match items(found.value) {
        Some(items) => items
            .into_iter()
            .enumerate()
            .map(|(i, value)| Found {
                value,
                label: format!("{}[{i}]", found.label),
            })
            .collect(),
        None => vec![found],
    }
}

/// The items of a list: a plain one, or a connection's `nodes` or `edges`.
pub(crate) fn items(value: &Value) -> Option<Vec<&Value>> {
    if let Value::Array(items) = value {
        return Some(items.iter().collect());
    }
    let object = value.as_object()?;
    if let Some(Value::Array(nodes)) = object.get("nodes") {
        return Some(nodes.iter().collect());
    }
    if let Some(Value::Array(edges)) = object.get("edges") {
        return Some(edges.iter().filter_map(|edge| edge.get("node")).collect());
    }
    None
}
