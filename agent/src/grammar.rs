//! The decoding grammar: everything the model may write, as a Lark grammar for llguidance, built
//! from the catalogue of a store.
//!
//! Task names, their arguments, field paths, operators by type and enum values come from the
//! catalogue, so an identifier that does not exist cannot be written. Literals that only a merchant can
//! know are those that were said ([`said`]); the wording of texts is free. What a path
//! may start with depends on the place: on the variables of the trigger, on the loops around it and
//! on the outputs of earlier steps. A context-free grammar would need a copy of its rules for every
//! combination of these; llguidance's parametric rules carry them as a number instead ([`scope`]).
//!
//! A lexer that never goes back reads the text, so no literal of one rule may be the beginning of a
//! longer literal that is allowed at the same place, unless it can also end there.

pub mod departure;
pub mod masks;
mod paths;
pub mod said;
mod scope;
mod statements;
#[cfg(test)]
mod tests;
mod text;

use std::sync::{Mutex, PoisonError};

use flow::catalog::Catalog;
use flow::{Workflow, python};

use paths::{Enums, Paths};
use said::Said;
use scope::Scopes;

use crate::outcome::Forms;

/// The grammar of an answer: a program, a clarification, a refusal, an answer or a tool call.
///
/// With a workflow to change, what that workflow holds can be written too, even where the store's
/// catalogue does not know it.
pub fn lark(catalog: &Catalog, workflow: Option<&Workflow>) -> String {
    lark_with(catalog, workflow, true, Forms::ALL, &Said::anything(), &[])
}

/// [`lark`], with or without tool calls, for the forms that come into question, the literals that
/// were said and the sentences a question may be answered with (any, where there are none).
///
/// Writing a grammar takes a twentieth of a second or more, so those of the last few catalogues are
/// kept.
pub fn lark_with(
    catalog: &Catalog,
    workflow: Option<&Workflow>,
    calls: bool,
    forms: Forms,
    said: &Said,
    answers: &[String],
) -> String {
    let start = statements::start(calls, forms, answers) + &said.terminals();
    if workflow.is_some() {
        let (text, enums) = written(catalog, workflow, said.code());
        return start + &enums.write(said) + &text;
    }
    let code = said.code();
    type Written = (Catalog, bool, (String, Enums));
    static KEPT: Mutex<Vec<Written>> = Mutex::new(Vec::new());
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let known = kept
        .iter()
        .position(|(other, scripts, _)| *scripts == code && other == catalog);
    let found = match known {
        Some(place) => kept.remove(place),
        None => (catalog.clone(), code, written(catalog, None, code)),
    };
    let (text, enums) = &found.2;
    let text = start + &enums.write(said) + text;
    kept.insert(0, found);
    kept.truncate(8);
    text
}

/// Everything but what belongs to one request: the first rule, the literals that were said, and the
/// values of enums.
///
/// Steps with code in them are left out where `code` is false.
fn written(catalog: &Catalog, workflow: Option<&Workflow>, code: bool) -> (String, Enums) {
    let current = workflow.map(|workflow| python::print(workflow, catalog));
    let known = catalog;
    let mut catalog = known.offered();
    let aside = paths::ASIDE.iter().map(|name| name.to_string());
    catalog.types.deprecated.extend(aside);
    if let (Some(workflow), Some(current)) = (workflow, &current) {
        paths::admit(&mut catalog, known, workflow, current);
    }
    let scopes = Scopes::new(&catalog);
    let paths = Paths::new(&catalog, &scopes);
    let mut out = String::with_capacity(200_000);
    statements::write(
        &mut out,
        &catalog,
        &scopes,
        &paths,
        current.as_deref(),
        code,
    );
    text::write(&mut out, &scopes, &paths, current.as_deref());
    let enums = paths.write(&mut out, &catalog, &scopes);
    (out, enums)
}

/// Checks that a grammar allows a text, and that the text is whole. The error says where it stops.
///
/// For datasets: a line that serving could not write teaches the model something it may not say.
pub struct Checker(llguidance::Matcher);

impl Checker {
    /// Prepares a grammar; the error says what is wrong with it.
    pub fn new(lark: &str) -> Result<Checker, String> {
        let matcher = masks::Masks::of_bytes()?.matcher(lark);
        match matcher.get_error() {
            Some(error) => Err(error),
            None => Ok(Checker(matcher)),
        }
    }

    /// True when the grammar allows exactly this text.
    pub fn check(&self, text: &str) -> Result<(), String> {
        let mut matcher = self.0.deep_clone();
        let bytes: Vec<u32> = text.bytes().map(u32::from).collect();
        let taken = matcher
            .try_consume_tokens(&bytes)
            .map_err(|error| error.to_string())?;
        if taken < bytes.len() {
            let read = String::from_utf8_lossy(&text.as_bytes()[..taken]).into_owned();
            let rest = String::from_utf8_lossy(&text.as_bytes()[taken..]).into_owned();
            let last = read.chars().rev().take(60).collect::<Vec<_>>();
            return Err(format!(
                "after …{} the text cannot go on with {}",
                last.into_iter().rev().collect::<String>(),
                rest.chars().take(20).collect::<String>(),
            ));
        }
        match matcher.is_accepting() {
            Ok(true) => Ok(()),
            Ok(false) => Err("the text is not whole".to_string()),
            Err(error) => Err(error.to_string()),
        }
    }
}
