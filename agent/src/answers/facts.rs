//! What can be said about a workflow, read off the workflow itself.
//!
//! The sentences are what the model learns to answer with and the only ones it may: what they say is
//! true of the workflow, whatever the model makes of the question.

use std::collections::BTreeSet;

use flow::catalog::{Catalog, FieldKind};
use flow::condition::{self, Expr, Op, Operand};
use flow::workflow::TaskType;
use flow::{Step, Workflow, summary};

use crate::grammar::said::{digits, numbers};
use crate::listing::listing;

/// What a sentence is about. The names are labels of the fitted file and stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum About {
    /// All of it.
    Whole,
    /// What starts it.
    Start,
    /// The tags it adds or takes away.
    Tags,
    /// Who gets an email.
    Emails,
    /// The amounts it compares with.
    Amounts,
    /// The countries it compares with.
    Countries,
    /// The stock it compares with.
    Stock,
    /// The vendors it compares with.
    Vendors,
    /// Whether it waits, and how long.
    Waits,
    /// How many steps do something.
    Count,
    /// The last step.
    Last,
    /// Whether the limit of a test counts itself.
    Limit,
    /// What happens when the condition is not met.
    Otherwise,
    /// Whether it runs for what happened before.
    Past,
    /// What it does for one number.
    Number,
}

impl About {
    /// All of them.
    pub const ALL: [About; 15] = [
        About::Whole,
        About::Start,
        About::Tags,
        About::Emails,
        About::Amounts,
        About::Countries,
        About::Stock,
        About::Vendors,
        About::Waits,
        About::Count,
        About::Last,
        About::Limit,
        About::Otherwise,
        About::Past,
        About::Number,
    ];

    /// Its name as a label.
    pub fn as_str(self) -> &'static str {
        match self {
            About::Whole => "=whole",
            About::Start => "=start",
            About::Tags => "=tags",
            About::Emails => "=emails",
            About::Amounts => "=amounts",
            About::Countries => "=countries",
            About::Stock => "=stock",
            About::Vendors => "=vendors",
            About::Waits => "=waits",
            About::Count => "=count",
            About::Last => "=last",
            About::Limit => "=limit",
            About::Otherwise => "=otherwise",
            About::Past => "=past",
            About::Number => "=number",
        }
    }
}

/// At most this many numbers of a request are tried in the tests of a workflow.
const NUMBERS: usize = 3;

/// Everything that can be said about a workflow, for a question with these numbers in it.
pub fn facts(workflow: &Workflow, catalog: &Catalog, request: &str) -> Vec<(About, String)> {
    let mut found = vec![(About::Whole, summary::sentence(workflow, catalog))];
    let scheduled = workflow
        .triggers()
        .any(|trigger| trigger.config_value("recurrence").is_some());
    if let Some(start) = summary::start(workflow, catalog) {
        let start = summary::lower_first(&start);
        found.push((
            About::Start,
            match scheduled {
                true => format!("It runs {start}."),
                false => format!("It starts {start}."),
            },
        ));
        let past = match scheduled {
            true => "It looks at what is there each time it runs, old or new.",
            false => "No, it runs for events that happen after you turn it on.",
        };
        found.push((About::Past, past.to_string()));
    }
    if let Some(tags) = several(
        "tag",
        "is",
        "are",
        values(workflow, catalog, FieldKind::Array),
    ) {
        found.push((About::Tags, tags));
    }
    found.push((About::Emails, emails(workflow, catalog)));
    found.push((About::Waits, waits(workflow)));
    found.extend(steps(workflow, catalog));

    let tests = tests(workflow);
    for (about, one, many, fits) in [
        (
            About::Amounts,
            "amount",
            "amounts",
            (|path: &str| path.ends_with("amount")) as fn(&str) -> bool,
        ),
        (About::Countries, "country", "countries", |path| {
            path.to_lowercase().contains("country")
        }),
        (About::Stock, "stock level", "stock levels", |path| {
            path.to_lowercase().contains("inventory")
        }),
        (About::Vendors, "vendor", "vendors", |path| {
            path.ends_with("vendor")
        }),
    ] {
        let values: Vec<String> = tests
            .iter()
            .filter(|test| fits(&test.path))
            .filter_map(|test| plain(&test.value))
            .collect();
        let noun = if distinct(&values).len() == 1 {
            one
        } else {
            many
        };
        if let Some(sentence) = several_named(noun, "is", "are", values) {
            found.push((about, sentence));
        }
    }
    if let Some(limit) = limit(&tests) {
        found.push((About::Limit, limit));
    }
    found.extend(otherwise(workflow, catalog).map(|text| (About::Otherwise, text)));
    for number in asked(request) {
        found.extend(
            with_number(workflow, catalog, &tests, &number).map(|text| (About::Number, text)),
        );
    }
    found
}

/// The numbers a question may be about: those in digits, else what its words can mean.
fn asked(request: &str) -> Vec<String> {
    let digits = digits(request);
    let found = if digits.is_empty() {
        numbers(request)
    } else {
        digits
    };
    found.into_iter().rev().take(NUMBERS).collect()
}

/// One test of a condition.
struct Test {
    path: String,
    op: Op,
    value: Operand,
}

/// The tests of all conditions.
fn tests(workflow: &Workflow) -> Vec<Test> {
    let mut found = Vec::new();
    for expr in conditions(workflow) {
        gather(&expr, &mut found);
    }
    found
}

fn conditions(workflow: &Workflow) -> impl Iterator<Item = Expr> {
    workflow
        .steps
        .iter()
        .filter(|step| step.task_type == TaskType::Condition)
        .filter_map(|step| condition::parse(step.config_value("condition")?).ok())
}

fn gather(expr: &Expr, found: &mut Vec<Test>) {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => {
            for part in parts {
                gather(part, found);
            }
        }
        Expr::Not(inner) => gather(inner, found),
        Expr::List { body, .. } => gather(body, found),
        Expr::Compare { path, op, value } => {
            if let Some(value) = value {
                found.push(Test {
                    path: path.clone(),
                    op: *op,
                    value: value.clone(),
                });
            }
        }
    }
}

/// A literal as it is read out; a path is none.
fn plain(value: &Operand) -> Option<String> {
    match value {
        Operand::String(text) | Operand::Number(text) | Operand::Word(text) => Some(text.clone()),
        Operand::Boolean(_) | Operand::Path(_) => None,
    }
}

/// The values of all arguments of a kind, as they are written.
fn values(workflow: &Workflow, catalog: &Catalog, kind: FieldKind) -> Vec<String> {
    let mut found = Vec::new();
    for step in &workflow.steps {
        let fields = catalog.task(&step.task_id).map(|task| &task.fields);
        for field in fields
            .into_iter()
            .flatten()
            .filter(|field| field.kind == kind)
        {
            let value = step.config_value(&field.id).unwrap_or_default();
            match serde_json::from_str::<Vec<String>>(value) {
                Ok(items) => found.extend(items),
                Err(_) if !value.is_empty() => found.push(value.to_string()),
                Err(_) => {}
            }
        }
    }
    found
}

fn distinct(values: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    values
        .iter()
        .filter(|value| seen.insert(value.as_str()))
        .cloned()
        .collect()
}

/// "The tag is a.", "The tags are a and b."
fn several(noun: &str, is: &str, are: &str, values: Vec<String>) -> Option<String> {
    match distinct(&values).len() {
        1 => several_named(noun, is, are, values),
        _ => several_named(&format!("{noun}s"), is, are, values),
    }
}

fn several_named(noun: &str, is: &str, are: &str, values: Vec<String>) -> Option<String> {
    let values = distinct(&values);
    let verb = if values.len() == 1 { is } else { are };
    Some(format!("The {noun} {verb} {}.", listing(values)?))
}

/// Steps that write to a customer.
const TO_CUSTOMERS: [&str; 5] = [
    "send_draft_order_invoice",
    "send_marketing_email",
    "send_order_invoice",
    "send_payment_reminder",
    "send_transactional_email",
];

/// Who gets an email.
fn emails(workflow: &Workflow, catalog: &Catalog) -> String {
    let customer = workflow
        .steps
        .iter()
        .filter_map(|step| catalog.task(&step.task_id))
        .any(|task| TO_CUSTOMERS.contains(&task.name.as_str()));
    let team = listing(distinct(&values(workflow, catalog, FieldKind::Email)));
    match (team, customer) {
        (Some(team), false) => format!("The email goes to {team}. Customers get none from it."),
        (Some(team), true) => format!("The email goes to {team}. The customer gets one too."),
        (None, true) => "Yes, it emails the customer.".to_string(),
        (None, false) => "No, nothing here sends an email.".to_string(),
    }
}

/// Whether it waits.
fn waits(workflow: &Workflow) -> String {
    let waits: Vec<String> = workflow
        .steps
        .iter()
        .filter(|step| step.task_type == TaskType::Wait)
        .filter_map(summary::wait)
        .collect();
    match listing(waits) {
        Some(waits) => format!("Yes, it waits {waits}."),
        None => "No, nothing here waits.".to_string(),
    }
}

/// How many steps do something, and which comes last.
fn steps(workflow: &Workflow, catalog: &Catalog) -> Vec<(About, String)> {
    let actions: Vec<&Step> = workflow
        .steps
        .iter()
        .filter(|step| step.task_type == TaskType::Action)
        .collect();
    let mut found = vec![(
        About::Count,
        match actions.len() {
            1 => "It has one action.".to_string(),
            count => format!("It has {count} actions."),
        },
    )];
    let label = actions
        .last()
        .and_then(|step| catalog.task(&step.task_id))
        .map(|task| task.label.clone());
    found.extend(label.map(|label| (About::Last, format!("The last step is {label}."))));
    found
}

/// Whether the limits count themselves, where all tests answer alike.
fn limit(tests: &[Test]) -> Option<String> {
    let ops: BTreeSet<&'static str> = tests
        .iter()
        .filter(|test| matches!(test.value, Operand::Number(_)))
        .map(|test| test.op.as_str())
        .collect();
    let [op] = ops.into_iter().collect::<Vec<_>>()[..] else {
        return None;
    };
    Some(
        match op {
            ">" => "No, exactly that amount does not count; the test is for more than it.",
            "<" => "No, exactly that amount does not count; the test is for less than it.",
            ">=" => "Yes, exactly that amount counts; the test is for at least it.",
            "<=" => "Yes, exactly that amount counts; the test is for at most it.",
            _ => return None,
        }
        .to_string(),
    )
}

/// What happens when the first condition is not met.
fn otherwise(workflow: &Workflow, catalog: &Catalog) -> Option<String> {
    let first = conditions(workflow).next()?;
    let rest = summary::assuming(workflow, catalog, &|expr| (*expr == first).then_some(false));
    Some(match rest.is_empty() {
        true => {
            "Nothing happens then: the workflow ends when the condition is not met.".to_string()
        }
        false => format!("Then this happens: {rest}."),
    })
}

/// What happens for one number, where all numbers of the workflow are compared with the same field.
fn with_number(
    workflow: &Workflow,
    catalog: &Catalog,
    tests: &[Test],
    number: &str,
) -> Option<String> {
    let paths: BTreeSet<&str> = tests
        .iter()
        .filter(|test| matches!(test.value, Operand::Number(_)))
        .map(|test| test.path.as_str())
        .collect();
    let given: f64 = number.parse().ok()?;
    let path = match paths.into_iter().collect::<Vec<_>>()[..] {
        [path] => path.to_string(),
        _ => return None,
    };
    let rest = summary::assuming(workflow, catalog, &|expr| decided(expr, &path, given));
    Some(match rest.is_empty() {
        true => format!("With {number}, nothing happens."),
        false => format!("With {number}: {rest}."),
    })
}

/// How a condition comes out when a path has this value; `None` where it depends on more.
fn decided(expr: &Expr, path: &str, given: f64) -> Option<bool> {
    match expr {
        Expr::Compare {
            path: compared,
            op,
            value: Some(Operand::Number(limit)),
        } if compared == path => {
            let limit: f64 = limit.parse().ok()?;
            match op {
                Op::Eq => Some(given == limit),
                Op::Ne => Some(given != limit),
                Op::Gt => Some(given > limit),
                Op::Ge => Some(given >= limit),
                Op::Lt => Some(given < limit),
                Op::Le => Some(given <= limit),
                _ => None,
            }
        }
        Expr::Compare { .. } | Expr::List { .. } => None,
        Expr::Not(inner) => decided(inner, path, given).map(|outcome| !outcome),
        Expr::And(parts) => together(parts, false, path, given),
        Expr::Or(parts) => together(parts, true, path, given),
    }
}

/// Parts of which one with the outcome `enough` decides all.
fn together(parts: &[Expr], enough: bool, path: &str, given: f64) -> Option<bool> {
    let outcomes: Vec<Option<bool>> = parts
        .iter()
        .map(|part| decided(part, path, given))
        .collect();
    if outcomes.contains(&Some(enough)) {
        return Some(enough);
    }
    match outcomes.contains(&None) {
        true => None,
        false => Some(!enough),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(program: &str, request: &str) -> String {
        let catalog = Catalog::builtin();
        let workflow = flow::python::parse(program, &catalog).workflow;
        let lines: Vec<String> = facts(&workflow, &catalog, request)
            .into_iter()
            .map(|(about, text)| format!("{} {text}", about.as_str()))
            .collect();
        lines.join("\n")
    }

    #[test]
    fn tiers() {
        insta::assert_snapshot!(told(
            "@order_paid\ndef tiers(order):\n    if order.totalPriceSet.shopMoney.amount >= 200:\n        add_customer_tags(customer_id=order.customer.id, tags=[\"gold\"])\n    else:\n        if order.totalPriceSet.shopMoney.amount >= 100:\n            add_customer_tags(customer_id=order.customer.id, tags=[\"silver\"])\n",
            "what about an order of 150, or 20?",
        ));
    }

    #[test]
    fn mails_and_waits() {
        insta::assert_snapshot!(told(
            "@order_created\ndef late(order):\n    wait(days=3)\n    if order.displayFinancialStatus == \"PENDING\":\n        send_payment_reminder(order_id=order.id)\n        send_email(address=\"ar@example.com\", subject=\"x\", message=\"y\")\n",
            "who gets mail?",
        ));
    }

    #[test]
    fn on_a_schedule() {
        insta::assert_snapshot!(told(
            "@scheduled_time(every=\"week\", on=[\"MO\"], at=\"09:00\")\ndef weekly(scheduledAt):\n    getProductData = get_product_data(query=\"tag:'old'\", max_root_records=100)\n    for item in getProductData:\n        hide_product(product_id=item.id)\n",
            "does it do 3 things?",
        ));
    }

    #[test]
    fn a_number_decides_only_what_depends_on_it() {
        let program = "@order_created\ndef big(order):\n    if order.totalPriceSet.shopMoney.amount > 100 and order.shippingAddress.countryCodeV2 == \"DE\":\n        add_order_tags(order_id=order.id, tags=[\"big\"])\n";
        assert!(told(program, "and 50?").contains("=number With 50, nothing happens."));
        assert!(told(program, "and 500?").contains("=number With 500: if "));
    }
}
