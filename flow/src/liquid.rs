//! Liquid: rendering the templates of config fields over an environment, and listing what they read.
//!
//! This is the part of Liquid that Flow runs: output with filters, `if`, `unless`, `case`, `for`,
//! `assign`, `capture`, `comment` and `raw`. It is written here and not taken from a library because
//! templates come from merchants and run on a shared server: every render is bounded in steps and
//! in size, no arithmetic overflows, and a name that is not there renders as nothing and is
//! reported.

mod correct;
mod dates;
mod digests;
mod expression;
mod filters;
mod money;
mod parse;
mod render;
mod texts;
mod types;

use serde::{Deserialize, Serialize};

use crate::catalog::{Catalog, Variable};
use crate::check::Finding;

pub(crate) use correct::{change_outputs, with_path};
pub use render::render;
pub(crate) use render::render_in;

/// A rendered template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendered {
    /// The text that came out; what a template makes is cut at 512 KiB.
    pub text: String,
    /// Names that were not there, filters and tags that are not known, bounds that were met.
    pub findings: Vec<Finding>,
}

/// True when a text holds Liquid at all.
pub fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// The environment paths a template reads, in reading order, each once.
///
/// Names that the template itself makes (`assign`, `capture`, a `for` item) are left out; a path
/// through a `for` item is given as the path through its list: `order.lineItems.title`.
pub fn paths(template: &str) -> Vec<String> {
    Reading::new(template).paths().map(str::to_string).collect()
}

/// A template that was read, for a caller that asks several things of it.
pub(crate) struct Reading<'a> {
    text: &'a str,
    template: parse::Template,
    collected: parse::Collected,
}

impl<'a> Reading<'a> {
    /// Reads a template.
    pub(crate) fn new(text: &'a str) -> Reading<'a> {
        let template = parse::parse(text);
        let collected = template.collected();
        Reading {
            text,
            template,
            collected,
        }
    }

    /// See [`paths`].
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.collected.found.iter().map(String::as_str)
    }

    /// See [`check`].
    pub(crate) fn check(&self) -> Vec<Finding> {
        if !is_template(self.text) {
            return Vec::new();
        }
        let mut findings = self.template.findings.clone();
        for message in &self.collected.misused {
            findings.push(parse::finding("CONFIG_FIELD_LIQUID_ERROR", message.clone()));
        }
        for name in &self.collected.filters {
            if findings.len() >= MAX_FINDINGS {
                break;
            }
            if let Some(message) = filters::unknown(name) {
                findings.push(
                    parse::finding("CONFIG_FIELD_LIQUID_ERROR", message)
                        .corrected(correct::filter(self.text, name)),
                );
            }
        }
        findings
    }

    /// What the types of what a step sees say about the template. Paths that lead nowhere, and what
    /// [`check`] says, are not repeated here.
    pub(crate) fn check_types(&self, catalog: &Catalog, scope: &[Variable]) -> Vec<Finding> {
        if !is_template(self.text) {
            return Vec::new();
        }
        types::check(&self.template, &self.collected.made, catalog, scope)
    }
}

/// More findings about one template than this say nothing new.
const MAX_FINDINGS: usize = 20;

/// A template makes at most this many names: all are looked through for every name that is read.
const MAX_NAMES: usize = 500;

/// Checks a template without rendering it: what does not read, and tags and filters not known.
///
/// Gives one finding for each, with the whole corrected template where only one comes into
/// question. What its paths lead to is for the caller, who knows the environment.
pub fn check(template: &str) -> Vec<Finding> {
    if !is_template(template) {
        return Vec::new();
    }
    Reading::new(template).check()
}

#[cfg(test)]
mod tests;
