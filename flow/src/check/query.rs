//! Whether the input of `Run code` reads: a GraphQL selection of the workflow's variables, such as
//! `query { order { name lineItems { title } } }`.
//!
//! Source: skill `special-tasks`, section on Run code; the fields are those of the environment.

use crate::catalog::{Catalog, TypeRef, Variable, nearest};

/// How deep selections may nest.
const MAX_DEPTH: usize = 32;

/// More remarks about one query than this say nothing new.
const MAX_REMARKS: usize = 20;

/// What is wrong with a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Remarks {
    /// Why it does not read; one sentence.
    pub unreadable: Option<String>,
    /// Names that are not in the environment, and objects without a selection.
    pub names: Vec<String>,
}

/// A selected field and what is selected of it; `None` where nothing stands in braces.
struct Selected {
    name: String,
    inner: Option<Vec<Selected>>,
}

/// Reads a query and compares its names with what the step sees.
pub(super) fn check(query: &str, catalog: &Catalog, scope: &[Variable]) -> Remarks {
    let selected = match (Reader { rest: query }).document() {
        Ok(selected) => selected,
        Err(message) => {
            return Remarks {
                unreadable: Some(message),
                names: Vec::new(),
            };
        }
    };
    let mut names = Vec::new();
    for field in &selected {
        let found = scope.iter().rev().find(|known| known.name == field.name);
        match found {
            Some(variable) => fields(&variable.ty, field, &field.name, catalog, &mut names),
            None => {
                let known = scope.iter().map(|variable| variable.name.as_str());
                names.push(unknown(
                    &format!("There is no variable {} here", field.name),
                    nearest(&field.name, known),
                ));
            }
        }
    }
    names.truncate(MAX_REMARKS);
    Remarks {
        unreadable: None,
        names,
    }
}

fn fields(ty: &TypeRef, field: &Selected, path: &str, catalog: &Catalog, out: &mut Vec<String>) {
    if out.len() >= MAX_REMARKS || matches!(ty.name.as_str(), "JSON" | "Metaobject") {
        return;
    }
    let known = catalog.types.objects.get(&ty.name);
    match (&field.inner, known) {
        (None, Some(_)) => out.push(format!(
            "{path} is an object; name the fields you need in braces behind it."
        )),
        (None, None) => {}
        (Some(_), None) => out.push(format!(
            "{path} is a single value and has no fields; take away the braces behind it."
        )),
        (Some(inner), Some(known)) => {
            for field in inner {
                let path = format!("{path}.{}", field.name);
                match known.get(&field.name) {
                    Some(ty) => fields(ty, field, &path, catalog, out),
                    // What takes arguments in the Admin API is there under a name of the workflow's own.
                    None if field.name == "__typename" || field.name == "metafield" => {}
                    None => out.push(unknown(
                        &format!("{} has no field {}", ty.name, field.name),
                        nearest(&field.name, known.keys().map(String::as_str)),
                    )),
                }
            }
        }
    }
}

fn unknown(what: &str, near: Option<String>) -> String {
    match near {
        Some(near) => format!("{what}; did you mean {near}?"),
        None => format!("{what}; choose another."),
    }
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn document(&mut self) -> Result<Vec<Selected>, String> {
        self.space();
        if !self.rest.starts_with('{') {
            if self.word() != "query" {
                return Err(
                    "The input begins with neither query nor a brace; write query { … }.".into(),
                );
            }
            self.word();
            self.arguments()?;
        }
        if !self.accept('{') {
            return Err(
                "The input selects nothing; write the variables in braces behind query.".into(),
            );
        }
        let selected = self.fields(0)?;
        self.space();
        if self.rest.is_empty() {
            Ok(selected)
        } else {
            Err("There is text behind the last brace of the input; remove it.".into())
        }
    }

    /// The fields up to the closing brace, which is read too.
    fn fields(&mut self, depth: usize) -> Result<Vec<Selected>, String> {
        if depth > MAX_DEPTH {
            return Err("The input nests too deeply; select less.".into());
        }
        let mut found: Vec<Selected> = Vec::new();
        loop {
            self.space();
            if self.rest.is_empty() {
                return Err("A brace of the input is never closed; add }.".into());
            }
            if self.accept('}') {
                break;
            }
            if let Some(rest) = self.rest.strip_prefix("...") {
                self.rest = rest;
                if self.word() == "on" {
                    self.word();
                }
                // What is selected for one type only is not followed.
                if self.accept('{') {
                    self.fields(depth + 1)?;
                }
                continue;
            }
            let mut name = self.word();
            if name.is_empty() {
                let odd: String = self.rest.chars().take(10).collect();
                return Err(format!(
                    "The input has “{odd}” where a field belongs; correct it."
                ));
            }
            if self.accept(':') {
                // What stood before was an alias.
                name = self.word();
            }
            self.arguments()?;
            while self.accept('@') {
                self.word();
                self.arguments()?;
            }
            let inner = if self.accept('{') {
                Some(self.fields(depth + 1)?)
            } else {
                None
            };
            found.push(Selected {
                name: name.to_string(),
                inner,
            });
        }
        if found.is_empty() && depth == 0 {
            return Err("The input selects nothing; name the variables in the braces.".into());
        }
        Ok(found)
    }

    /// Arguments in parentheses, which are passed over.
    fn arguments(&mut self) -> Result<(), String> {
        if !self.accept('(') {
            return Ok(());
        }
        let mut open = 1_usize;
        let (mut in_text, mut escaped) = (false, false);
        for (at, c) in self.rest.char_indices() {
            if in_text {
                in_text = escaped || c != '"';
                escaped = c == '\\' && !escaped;
                continue;
            }
            match c {
                '"' => in_text = true,
                '(' => open += 1,
                ')' => open -= 1,
                _ => {}
            }
            if open == 0 {
                self.rest = self.rest.get(at + 1..).unwrap_or_default();
                return Ok(());
            }
        }
        Err("A parenthesis of the input is never closed; add ).".into())
    }

    fn word(&mut self) -> &'a str {
        self.space();
        let end = self
            .rest
            .find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn accept(&mut self, c: char) -> bool {
        self.space();
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// White space, commas and comments mean nothing in GraphQL.
    fn space(&mut self) {
        loop {
            self.rest = self
                .rest
                .trim_start_matches(|c: char| c.is_whitespace() || c == ',');
            match self.rest.strip_prefix('#') {
                Some(comment) => {
                    self.rest = comment.split_once('\n').map_or("", |(_, after)| after);
                }
                None => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_read_and_name_what_is_there() {
        let catalog = Catalog::builtin();
        let scope = [Variable {
            name: "order".to_string(),
            ty: TypeRef::parse("Order"),
        }];
        for (query, expected) in [
            ("query { order { name lineItems { title } } }", ""),
            (
                "query Q($a: Int) {\n # note }\n order { n: name, tags }\n}",
                "",
            ),
            (
                "{ order { customer(first: 1, q: \")\") @include(if: true) { id } } }",
                "",
            ),
            ("{ order { ... on Order { name } } }", ""),
            ("query { order { name }", "never closed"),
            ("query { order(first: 1 { name } }", "parenthesis"),
            ("query { order { name } } }", "behind the last brace"),
            ("order { name }", "begins with neither"),
            ("query", "selects nothing"),
            ("query { }", "selects nothing"),
            ("query { order { $ } }", "where a field belongs"),
            ("query { oder { name } }", "did you mean order?"),
            ("query { order { nmae } }", "did you mean name?"),
            ("query { order }", "name the fields"),
            ("query { order { name { x } } }", "has no fields"),
            (&"{a".repeat(10_000), "nests too deeply"),
        ] {
            let found = check(query, &catalog, &scope);
            let said = found
                .unreadable
                .into_iter()
                .chain(found.names)
                .collect::<Vec<_>>()
                .join(" ");
            assert_eq!(said.is_empty(), expected.is_empty(), "{query}: {said}");
            assert!(said.contains(expected), "{query}: {said}");
        }
    }
}
