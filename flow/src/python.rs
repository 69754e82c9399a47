//! The Python form: a workflow as a short program that people and the model read and write.
//!
//! ```python
//! @order_created
//! def tag_big_orders(order):
//!     if order.totalPriceSet.shopMoney.amount > 500:
//!         add_order_tags(order_id=order.id, tags=["VIP"])
//!         wait(days=3)
//!     else:
//!         for item in order.lineItems:
//!             add_product_tags(product_id=item.product.id, tags=["sold"])
//!         log_output(message="done")
//! ```
//!
//! **Triggers** are decorators. With several, all lead to the first line; one that leads elsewhere
//! says so: `@order_cancelled(_goto=["a"])`. The function's name is the workflow's name; where a
//! name cannot be told from that, a line `# name: …` under it gives it.
//!
//! **Conditions** are `if`, `elif`, `else`. What follows at the same indentation is linked from the
//! ends of both branches. `return` ends a path there, `pass` stands for no step at all.
//! Tests: `== != > >= < <=`, `path.startswith("x")`, `path.endswith("x")`, `"x" in path`,
//! `path in ["a", "b"]`, `contains(path, other.path)`, `path is None`, `empty(path)`, each with its
//! `not`, and `any(x == "vip" for x in order.tags)` with `all` and `none`.
//!
//! **Loops** are `for item in PATH:`; what follows hangs on the port `after`. `item` stands for
//! Flow's own name (`lineItemsForeachitem`) in paths; texts with Liquid keep Flow's own name.
//!
//! **Actions** are calls whose arguments are config fields. `getOrderData = get_order_data(…)` names
//! the variable of a step with an output. `wait(days=3)` is a wait.
//!
//! **What does not nest** has these forms:
//! - `with branch():` — one of several paths that leave the same port; the lines after it are the
//!   last of them.
//! - `goto("a")` ends a path and sends it to the step after `label("a")`; several paths may go to
//!   one label, and the path that runs into the label joins them.
//! - `with detached():` — steps that nothing leads to.
//!
//! **What has no name** has these: `task("id", version="1.0", type="WAIT", field="value")` stands for
//! any task, also after `@`, in `if task(…):` and in `for item in task(…):`. `_name="…"` gives a
//! step's name, `_fields={"odd-id": "value"}` config fields whose ids are no names, and values that would read
//! as others where they stand, such as the path `in`. A version other than
//! the catalogue's is not written for a task with a name ([`merge`] keeps it); `_version="…"` sets one.
//!
//! Values: texts in double quotes with `\\ \" \n \t`, `True`, numbers, `["a", "b"]`, `{"key": "value"}`
//! for maps and metafields, bare paths for references to objects, `sort_by="CREATED_AT DESCENDING"`,
//! and for schedules `every="2 weeks", on=["MO"], at="06:00", timezone="Europe/Paris",
//! start="2026-03-01"`. A value of another shape is the text that Flow's JSON holds.
//!
//! Reading never fails and never panics: what does not read becomes a finding with its line, and the
//! rest is read all the same.

mod condition;
mod expression;
mod graph;
mod lexer;
mod merge;
mod names;
mod parse;
mod print;
mod recurrence;
pub(crate) mod values;

use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::check::Finding;
use crate::workflow::{Link, Step, Workflow};

pub use parse::MAX_TEXT;
pub(crate) use parse::shipped;

/// A program that was read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Parsed {
    /// The workflow, as far as it could be read. Steps are `s1`, `s2`, … in line order.
    pub workflow: Workflow,
    /// What did not read, with lines.
    pub findings: Vec<Finding>,
}

impl From<Parsed> for Workflow {
    fn from(parsed: Parsed) -> Workflow {
        parsed.workflow
    }
}

/// A step that a line drew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drawn {
    /// The step, with the id it has in the whole.
    pub step: Step,
    /// Links from steps drawn earlier into this one.
    pub links: Vec<Link>,
}

/// Writes a workflow as a program. Deterministic.
pub fn print(workflow: &Workflow, catalog: &Catalog) -> String {
    print::print(workflow, catalog).0
}

/// Reads a program.
pub fn parse(text: &str, catalog: &Catalog) -> Parsed {
    parse::parse(text, catalog, MAX_TEXT)
}

/// Lays an edited program over the workflow that it came from.
///
/// Steps that are still there keep id, position, note and the spelling of everything that was not
/// changed; links and steps keep their order. The unchanged program of `base` gives `base` itself.
pub fn merge(base: &Workflow, parsed: impl Into<Workflow>, catalog: &Catalog) -> Workflow {
    merge::merge(base, &parsed.into(), catalog)
}

/// The words of a schedule, `every`, `on`, `at`, `timezone`, `start`, as they are printed.
pub(crate) fn schedule_words(config: &str) -> Option<Vec<(&'static str, String)>> {
    recurrence::to_text(config)
}

/// Reads a program while it arrives: each step the moment its line is complete.
///
/// Ids and links are those that [`parse`] gives for the whole text. A `goto` back to an earlier line
/// adds a link without a step; only the whole workflow at the end has it.
#[derive(Debug)]
pub struct Incremental {
    reading: parse::Reading,
    catalog: Catalog,
}

impl Incremental {
    /// Before the first character.
    pub fn new(catalog: Catalog) -> Incremental {
        Incremental {
            reading: parse::Reading::new(MAX_TEXT),
            catalog,
        }
    }

    /// Takes more text; returns the steps of the lines it completed.
    pub fn push(&mut self, chunk: &str) -> Vec<Drawn> {
        self.reading.push(chunk, &self.catalog)
    }

    /// The text is over: the steps of its last line, and the whole.
    pub fn finish(self) -> (Vec<Drawn>, Parsed) {
        self.reading.finish(&self.catalog)
    }
}

#[cfg(test)]
mod tests;
