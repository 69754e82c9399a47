//! Names: workflow names as function names, loop items, list items of conditions, labels.

use crate::catalog::{condition_item_name, foreach_item_name};
use crate::sorted::SortedMap;

use super::lexer::is_identifier;

/// The function name for a workflow's name: `Tag big orders!` gives `tag_big_orders`.
pub(super) fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    let out: String = out.trim_end_matches('_').chars().take(80).collect();
    let out = out.trim_end_matches('_').to_string();
    if is_identifier(&out) {
        out
    } else {
        format!("workflow_{out}").trim_end_matches('_').to_string()
    }
}

/// The workflow name that a function name stands for: words, the first with a capital.
pub(super) fn unslug(slug: &str) -> String {
    let words = slug.replace('_', " ");
    let words = words.trim();
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// Names in the text that stand for other names in the workflow, innermost last.
///
/// Looking a name up takes no longer when there are many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Aliases {
    /// `(name in the text, name in the workflow)`.
    pairs: Vec<(String, String)>,
    /// The places in `pairs` of each name, by the side it stands on.
    by_text: SortedMap<String, Vec<usize>>,
    by_flow: SortedMap<String, Vec<usize>>,
}

impl Aliases {
    pub(super) fn push(&mut self, text: impl Into<String>, flow: impl Into<String>) {
        let (text, flow) = (text.into(), flow.into());
        let at = self.pairs.len();
        self.by_text.entry(text.clone()).or_default().push(at);
        self.by_flow.entry(flow.clone()).or_default().push(at);
        self.pairs.push((text, flow));
    }

    pub(super) fn len(&self) -> usize {
        self.pairs.len()
    }

    pub(super) fn truncate(&mut self, len: usize) {
        while self.pairs.len() > len
            && let Some((text, flow)) = self.pairs.pop()
        {
            // The last pair is the last place of both its names.
            for (places, name) in [(&mut self.by_text, &text), (&mut self.by_flow, &flow)] {
                if let Some(of_name) = places.get_mut(name) {
                    of_name.pop();
                    if of_name.is_empty() {
                        places.remove(name);
                    }
                }
            }
        }
    }

    /// The workflow's path for a path of the text.
    pub(super) fn to_flow(&self, path: &str) -> String {
        swap(path, |head| {
            let at = *self.by_text.get(head)?.last()?;
            self.pairs.get(at).map(|(_, flow)| flow)
        })
    }

    /// The text's path for a path of the workflow.
    pub(super) fn to_text(&self, path: &str) -> String {
        swap(path, |head| {
            let at = *self.by_flow.get(head)?.last()?;
            self.pairs.get(at).map(|(text, _)| text)
        })
    }
}

/// The path with another first name, where there is one for it.
fn swap<'a>(path: &str, other: impl FnOnce(&str) -> Option<&'a String>) -> String {
    let (head, rest) = match path.split_once('.') {
        Some((head, rest)) => (head, Some(rest)),
        None => (path, None),
    };
    match (other(head), rest) {
        (Some(to), Some(rest)) => format!("{to}.{rest}"),
        (Some(to), None) => to.clone(),
        (None, _) => path.to_string(),
    }
}

/// The name of the loop item in the text: `item`, `item2`, … by nesting.
pub(super) fn loop_item(depth: usize) -> String {
    if depth == 0 {
        "item".to_string()
    } else {
        format!("item{}", depth + 1)
    }
}

/// What Flow calls the item of a loop over this path.
pub(super) fn flow_loop_item(path: &str) -> String {
    foreach_item_name(path)
}

/// The short names of list items by nesting: x, y, z, x4, x5, …
fn short(depth: usize) -> String {
    match depth {
        0 => "x".to_string(),
        1 => "y".to_string(),
        2 => "z".to_string(),
        _ => format!("x{}", depth + 1),
    }
}

fn is_short(name: &str) -> bool {
    matches!(name, "x" | "y" | "z")
        || name
            .strip_prefix('x')
            .is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
}

/// The name in the text for a list item of a condition, `depth` list tests inside others.
///
/// The conventional name gets a short one; another stays, but for one that looks like a short
/// name, which gets an underscore.
pub(super) fn list_item_to_text(path: &str, item: &str, depth: usize) -> String {
    if item == condition_item_name(path) {
        short(depth)
    } else if is_short(item.trim_end_matches('_')) {
        format!("{item}_")
    } else {
        item.to_string()
    }
}

/// The reverse of [`list_item_to_text`].
pub(super) fn list_item_to_flow(path: &str, item: &str) -> String {
    if is_short(item) {
        condition_item_name(path)
    } else if is_short(item.trim_end_matches('_')) {
        item.strip_suffix('_').unwrap_or(item).to_string()
    } else {
        item.to_string()
    }
}

/// The n-th label: a, b, …, z, a1, b1, …
pub(super) fn label(n: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(n % 26).unwrap_or(0));
    if n < 26 {
        letter.to_string()
    } else {
        format!("{letter}{}", n / 26)
    }
}

/// The variable of the n-th step with an output of this name.
pub(super) fn name_for_output(base: &str, number: usize) -> String {
    if number == 0 {
        base.to_string()
    } else {
        format!("{base}{number}")
    }
}

/// Which of the steps with an output of this name a variable belongs to.
pub(super) fn output_number(variable: &str, base: &str) -> Option<usize> {
    let digits = variable.strip_prefix(base)?;
    if digits.is_empty() {
        return Some(0);
    }
    let number = digits
        .parse::<usize>()
        .ok()
        .filter(|number| *number < 10_000)?;
    (number > 0 && number.to_string() == digits).then_some(number)
}
