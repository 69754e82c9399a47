//! Corrections of templates: one name replaced wherever Liquid reads it, and nothing else touched.

use super::filters;
use super::parse::{next_open, parse};
use crate::catalog::{edit_distance, only_nearest};

/// What a word in Liquid is.
enum Word {
    Path,
    Filter,
}

/// The template with a filter that Flow has not replaced by the only one of a near name.
pub(super) fn filter(template: &str, name: &str) -> Option<String> {
    // That Flow has no `json` is no slip of the fingers; what to do about it is for who knows types.
    if name == "json" {
        return None;
    }
    let meant = only_nearest(name, filters::names())?;
    // Filters are short words: `shout` is near `sort`, but nobody means it.
    if edit_distance(name, &meant) * 3 > meant.len().max(6) {
        return None;
    }
    let corrected = rewrite(template, |kind, word| {
        (matches!(kind, Word::Filter) && word == name).then(|| meant.clone())
    });
    let before = parse(template);
    let after = parse(&corrected);
    let names = after.collected().filters;
    (after.findings.len() <= before.findings.len()
        && names.contains(&meant)
        && !names.contains(name))
    .then_some(corrected)
}

/// The template with an environment path replaced, also where it is read over the name of a loop
/// item; `None` where that cannot be done without changing another path.
pub(crate) fn with_path(template: &str, path: &str, to: &str) -> Option<String> {
    let (old, new): (Vec<&str>, Vec<&str>) = (path.split('.').collect(), to.split('.').collect());
    if old.len() != new.len() {
        return None;
    }
    let corrected = rewrite(template, |kind, word| {
        if !matches!(kind, Word::Path) {
            return None;
        }
        let parts: Vec<&str> = word.split('.').collect();
        if parts.starts_with(&old) {
            let rest = parts.get(old.len()..).unwrap_or_default();
            let full: Vec<&str> = new.iter().chain(rest).copied().collect();
            return Some(full.join("."));
        }
        // `item.titel` is `order.lineItems.titel`: what follows the item must be the path's end.
        let (item, tail) = parts.split_first()?;
        if tail.is_empty() || tail.len() >= old.len() || !old.ends_with(tail) {
            return None;
        }
        let ending = new.get(new.len() - tail.len()..)?;
        (ending != tail).then(|| format!("{item}.{}", ending.join(".")))
    });
    let mut wanted: Vec<String> = Vec::new();
    for known in super::paths(template) {
        let changed = match known.strip_prefix(path) {
            Some(rest) if rest.is_empty() || rest.starts_with('.') => format!("{to}{rest}"),
            _ => known,
        };
        if !wanted.contains(&changed) {
            wanted.push(changed);
        }
    }
    (corrected != template && super::paths(&corrected) == wanted).then_some(corrected)
}

/// The template with the code of some outputs (`{{ … }}`) replaced.
pub(crate) fn change_outputs(
    template: &str,
    mut change: impl FnMut(&str) -> Option<String>,
) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(open) = rest.find("{{") {
        let (before, from) = rest.split_at(open);
        let Some(length) = from.find("}}") else {
            break;
        };
        let (output, after) = from.split_at(length + 2);
        out.push_str(before);
        let code = output
            .trim_start_matches("{{")
            .trim_end_matches("}}")
            .trim();
        match change(code) {
            Some(code) => out.push_str(&format!("{{{{ {code} }}}}")),
            None => out.push_str(output),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The template with some paths and filters in its Liquid replaced. Texts in quotes, and what
/// stands in `raw` and `comment`, stay as they are.
fn rewrite(template: &str, mut change: impl FnMut(Word, &str) -> Option<String>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((open, close)) = next_code(rest) {
        let (before, from) = rest.split_at(open);
        let Some(length) = from.find(close) else {
            break;
        };
        let (code, after) = from.split_at(length);
        out.push_str(before);
        let tag = code.trim_start_matches(['{', '%', '-']).trim();
        let word = tag.split_whitespace().next().unwrap_or_default();
        let word = word.trim_end_matches('-');
        if close == "%}" && matches!(word, "raw" | "comment") {
            let end = after.find(&format!("end{word}")).unwrap_or(after.len());
            let (kept, beyond) = after.split_at(end);
            out.push_str(code);
            out.push_str(kept);
            rest = beyond;
            continue;
        }
        rewrite_code(code, &mut out, &mut change);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Where Liquid begins, and what ends it.
fn next_code(text: &str) -> Option<(usize, &'static str)> {
    let at = next_open(text)?;
    let output = text.as_bytes().get(at + 1) == Some(&b'{');
    Some((at, if output { "}}" } else { "%}" }))
}

fn rewrite_code(
    code: &str,
    out: &mut String,
    change: &mut impl FnMut(Word, &str) -> Option<String>,
) {
    let mut rest = code;
    let mut after_bar = false;
    while let Some(c) = rest.chars().next() {
        let length = if c == '\'' || c == '"' {
            let inside = rest.get(1..).unwrap_or_default();
            inside.find(c).map_or(rest.len(), |end| end + 2)
        } else if c.is_alphanumeric() || c == '_' {
            rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.')))
                .unwrap_or(rest.len())
        } else {
            c.len_utf8()
        };
        let (piece, after) = rest.split_at(length);
        let is_word = c.is_alphabetic() || c == '_';
        let kind = if after_bar { Word::Filter } else { Word::Path };
        match is_word.then(|| change(kind, piece)).flatten() {
            Some(changed) => out.push_str(&changed),
            None => out.push_str(piece),
        }
        if !c.is_whitespace() {
            after_bar = c == '|';
        }
        rest = after;
    }
}
