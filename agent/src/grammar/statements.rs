//! The program: its first lines, blocks, conditions, loops and calls.

use std::collections::{BTreeMap, BTreeSet};

use flow::catalog::{Catalog, Field, FieldKind, Task};
use flow::workflow::TaskType;

use super::paths::Paths;
use super::scope::{DEPTH, DEPTH_AT, MAX_DEPTH, Scopes};
use super::text::literal;
use crate::contract::{self, RefusalKind, TOOLS};
use crate::outcome::Forms;

/// The forms of an answer: the first rule, with the rules of all that is no program.
///
/// A question is answered with one of these sentences; with any, where there are none.
pub(super) fn start(calls: bool, forms: Forms, answers: &[String]) -> String {
    let refusals: Vec<&str> = RefusalKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let mut alternatives = Vec::new();
    if forms.program {
        alternatives.push("program");
    }
    for (allowed, form) in [
        (forms.clarification, "clarification"),
        (forms.refusal, "refusal"),
        (forms.answer, "answer"),
    ] {
        if allowed {
            alternatives.push(form);
        }
    }
    if calls {
        alternatives.push("call");
    }
    let mut out = format!("start: {}\n", alternatives.join(" | "));
    if forms.words() {
        let known: Vec<String> = answers
            .iter()
            .map(|text| literal(&contract::line(text)))
            .collect();
        let answer = match known.is_empty() {
            true => "LINE".to_string(),
            false => format!("({})", known.join(" | ")),
        };
        out.push_str(&format!(
            "clarification: \"clarification: \" CHOICE (\"| \" CHOICE)+\n\
             refusal: /refusal\\(({})\\): / LINE\n\
             answer: \"answer: \" {answer}\n\
             LINE: /[^\\n]{{1,400}}/\n\
             CHOICE: /[^|\\n]+/\n",
            refusals.join("|")
        ));
    }
    if calls {
        out.push_str(&format!(
            "call: /({})\\(\"/ WORDS \"\\\")\"\nWORDS: /[^\"\\\\\\n]+/\n",
            TOOLS.join("|")
        ));
    }
    out
}

/// Writes the rules of programs.
pub(super) fn write(
    out: &mut String,
    catalog: &Catalog,
    scopes: &Scopes,
    paths: &Paths,
    current: Option<&str>,
    code: bool,
) {
    let mut known = Known::of(current.unwrap_or_default());
    known.code |= code;
    triggers(out, catalog, scopes, &known);
    let given = calls(out, catalog, scopes, paths, &known);
    let loops = [0, 1].map(|depth| paths.loops(scopes, depth));
    blocks(out, &known, &given, &loops);
}

/// Lines of the current program that no rule of the catalogue writes.
struct Known {
    /// `@task("…")` and other decorators of unknown triggers, with the definition after them.
    heads: Vec<String>,
    /// `task("…", …)` lines.
    tasks: Vec<String>,
    /// A comment with the workflow's name, wherever it stands.
    name: Option<String>,
    /// Parallel paths may be written: `with branch():`.
    shapes: bool,
    /// The labels of the current program. What follows both sides of a condition stands after it, so that nobody
    /// needs new ones.
    labels: BTreeSet<String>,
    /// Some path ends before its block does.
    returns: bool,
    /// Some steps are reached from nowhere. Nobody asks for more of them, and they see nothing.
    detached: bool,
    /// Required texts cannot be empty. Where there is a workflow already, they may be so in it.
    strict: bool,
    /// Some step has a name or a version of its own.
    own_arguments: bool,
    /// Scripts and queries may be written.
    code: bool,
    /// Some text is empty.
    empty: bool,
    /// Some wait is given in months, which only a workflow that was made elsewhere can have.
    months: bool,
    /// Arguments that are texts in the current workflow; such texts may have any form.
    texts: BTreeSet<String>,
    /// Letters of the name of the function.
    name_length: usize,
}

/// Letters that a new workflow's name has at most; a model that goes on and on is stopped here.
const LONGEST_NAME: usize = 60;

impl Known {
    fn of(program: &str) -> Known {
        let mut known = Known {
            heads: Vec::new(),
            tasks: Vec::new(),
            name: None,
            shapes: !program.is_empty(),
            labels: program
                .match_indices("label(\"")
                .filter_map(|(at, start)| program[at + start.len()..].split('"').next())
                .map(str::to_string)
                .collect(),
            returns: program.lines().any(|line| line.trim() == "return"),
            detached: program.contains("with detached("),
            strict: program.is_empty(),
            own_arguments: program.contains("_name=") || program.contains("_version="),
            code: program.contains("run_code("),
            empty: program.contains("\"\""),
            months: program.contains("wait(months="),
            texts: program
                .match_indices("=\"")
                .filter_map(|(at, _)| {
                    program[..at]
                        .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
                        .next()
                })
                .map(str::to_string)
                .collect(),
            name_length: program
                .lines()
                .filter_map(|line| line.strip_prefix("def ")?.split('(').next())
                .map(str::len)
                .max()
                .unwrap_or(0),
        };
        for line in program.lines() {
            let text = line.trim();
            if text.starts_with("# name:") {
                known.name = Some(text.to_string());
            } else if text.starts_with("@task(") {
                known.heads.push(text.to_string());
            } else if text.starts_with("task(") || text.contains(" = task(") {
                known.tasks.push(text.to_string());
            }
        }
        known
    }

    /// Lines after which a block goes on elsewhere, or not at all. Nothing leads to what would stand after them
    /// but a label.
    fn jumps(&self, depth: usize) -> Vec<String> {
        let labels: Vec<&str> = self.labels.iter().map(String::as_str).collect();
        let line = |call: &str| format!("/{call}\\(\"({})\"\\)\\n/", labels.join("|"));
        let mut jumps = Vec::new();
        if self.returns {
            jumps.push("\"return\\n\"".to_string());
        }
        if labels.is_empty() {
            return jumps;
        }
        jumps.push(line("goto"));
        let label = format!("{} more{depth}::_", line("label"));
        let indent = "    ".repeat(depth);
        let mut lines: Vec<String> = jumps
            .iter()
            .map(|jump| format!("{jump} (\"{indent}\" {label})?"))
            .collect();
        lines.push(label);
        lines
    }
}

fn triggers(out: &mut String, catalog: &Catalog, scopes: &Scopes, known: &Known) {
    let mut heads: BTreeMap<usize, (Vec<String>, Vec<String>)> = BTreeMap::new();
    for task in catalog
        .tasks()
        .filter(|task| task.task_type == TaskType::Trigger)
    {
        let (plain, configured) = heads.entry(scopes.group(&task.adds)).or_default();
        if task.fields.is_empty() {
            plain.push(task.name.clone());
        } else {
            configured.push(format!(
                "\"@{}(\" {} \")\"",
                task.name,
                trigger_arguments(task, known)
            ));
        }
    }
    let name = match &known.name {
        Some(name) => format!("({} \"\\n\")?", literal(&format!("    {name}"))),
        None => String::new(),
    };
    let mut programs = Vec::new();
    for (group, (plain, configured)) in heads {
        let mut alternatives = configured;
        if !plain.is_empty() {
            alternatives.push(format!("/@({})/", plain.join("|")));
        }
        let variables: Vec<&str> = scopes
            .groups
            .get(group - 1)
            .into_iter()
            .flatten()
            .map(|variable| variable.name.as_str())
            .filter(|name| *name != "shop")
            .collect();
        programs.push(format!("program{group}"));
        out.push_str(&format!(
            "program{group}: ({}) \"\\n\" DEF \"({}):\\n\" {name} block1::{}\n",
            alternatives.join(" | "),
            variables.join(", "),
            group as u64 | 1 << DEPTH_AT,
        ));
    }
    if !known.heads.is_empty() {
        let heads: Vec<String> = known.heads.iter().map(|head| literal(head)).collect();
        programs.push("program0".to_string());
        out.push_str(&format!(
            "program0: ({}) \"\\n\" DEF \"():\\n\" {name} block1::{}\n",
            heads.join(" | "),
            1 | 1 << DEPTH_AT,
        ));
    }
    out.push_str(&format!(
        "program: {}\nDEF: /def [a-z][a-z0-9_]{{0,{}}}/\n",
        programs.join(" | "),
        LONGEST_NAME.max(known.name_length)
    ));
}

/// What can stand in the brackets of a trigger.
fn trigger_arguments(task: &Task, known: &Known) -> String {
    if task
        .fields
        .iter()
        .any(|field| field.kind == FieldKind::Recurrence)
    {
        let words = "\"every=\" EVERY (\", on=\" ON)? (\", at=\" CLOCK)? (\", timezone=\" ZONE)? (\", start=\" STARTON)?";
        return match known.texts.contains("recurrence") {
            false => words.to_string(),
            // A rule that the words cannot say stands as it is.
            true => format!("({words} | \"recurrence=\" STR)"),
        };
    }
    let fields: Vec<String> = task
        .fields
        .iter()
        .map(|field| {
            format!(
                "\"{}=\" {}",
                field.id,
                plain_value(field).replace("STR", "FILLED")
            )
        })
        .collect();
    fields.join(" \", \" ")
}

/// Blocks, one set of rules for every depth.
fn blocks(out: &mut String, known: &Known, given: &[String], loops: &[Option<String>; 2]) {
    let loop1 = super::scope::loop_bits(0);
    let loop2 = super::scope::loop_bits(1);
    let mut into = Vec::new();
    for depth in 1..=MAX_DEPTH {
        let indent = format!("\"{}\"", "    ".repeat(depth));
        let next = depth + 1;
        let mut lines = vec![format!("step::_ \"\\n\" more{depth}::_")];
        // A new program does something wherever it can; an existing one may hold blocks without steps.
        if !known.strict {
            lines.push("\"pass\\n\"".to_string());
        }
        // The rest of the block sees the output of such a step.
        lines.extend(
            given
                .iter()
                .map(|call| call.replace("more::", &format!("more{depth}::"))),
        );
        if !known.tasks.is_empty() {
            let tasks: Vec<String> = known.tasks.iter().map(|line| literal(line)).collect();
            lines.push(format!("({}) \"\\n\" more{depth}::_", tasks.join(" | ")));
        }
        lines.extend(known.jumps(depth));
        if depth < MAX_DEPTH {
            let below = format!("block{next}::incr({DEPTH})");
            lines.push(format!(
                "\"if \" test::_ \":\\n\" {below} else{depth}::_ more{depth}::_"
            ));
            if depth == 1 && known.shapes && known.labels.is_empty() {
                // How what follows both sides of a condition was written once: adapters trained on that do so still.
                let inner = "    ".repeat(next);
                lines.push(format!(
                    "\"if \" test::_ \":\\n\" jumping::incr({DEPTH}) {indent} \"else:\\n\" \"{inner}\" \"label(\\\"a\\\")\\n\" {below}"
                ));
                out.push_str(&format!(
                    "jumping::_ : \"{inner}\" jumps::_\n\
                     jumps::_ : \"goto(\\\"a\\\")\\n\" | step::_ \"\\n\" jumping::_\n"
                ));
            }
            if known.strict {
                // Two literals: with one, its first letter would be taken for that of every step.
                let nothing = format!("\"{}\" \"pass\\n\"", "    ".repeat(next));
                lines.push(format!(
                    "\"if \" test::_ \":\\n\" {nothing} {indent} \"else:\\n\" {below} more{depth}::_"
                ));
            }
            let also = |when: String, more: &str| match more {
                "" => when,
                more => format!("and({when}, {more})"),
            };
            if let Some(more) = &loops[0] {
                let when = also(format!("is_zeros({loop1})"), more);
                lines.push(format!(
                    "\"for item in \" for1::_ more{depth}::_ %if {when}"
                ));
            }
            if let Some(more) = &loops[1] {
                let inner = format!("and(not(is_zeros({loop1})), is_zeros({loop2}))");
                let when = also(inner, more);
                lines.push(format!(
                    "\"for item2 in \" for2::_ more{depth}::_ %if {when}"
                ));
            }
            if known.shapes {
                let blocks = match known.detached {
                    true => "(branch|detached)",
                    false => "branch",
                };
                lines.push(format!("/with {blocks}\\(\\):\\n/ {below} more{depth}::_"));
            }
            into.push(format!("\":\\n\" {below} %if eq({DEPTH}, {depth})"));
            out.push_str(&format!(
                "else{depth}::_ : \"\" | {indent} \"else:\\n\" {below}\n"
            ));
        }
        out.push_str(&format!(
            "more{depth}::_ : \"\" | block{depth}::_\n\
             block{depth}::_ : {indent} line{depth}::_\n\
             line{depth}::_ : {}\n",
            lines.join("\n  | ")
        ));
    }
    out.push_str(&format!(
        "into::_ : {}\n\
         test::_ : one::_ | one::_ ands::_ | one::_ ors::_\n\
         ands::_ : \" and \" one::_ | \" and \" one::_ ands::_\n\
         ors::_ : \" or \" one::_ | \" or \" one::_ ors::_\n\
         one::_ : croot::_ | SAY NIN sroot::_ | \"not \" sroot::_ SW SAY \")\"\n\
         \x20 | (\"not \")? \"empty(\" sroot::_ \")\" | QUANT aroot::_ \")\"\n\
         \x20 | nroot::_ NOP nroot::_ | same::_ | \"(\" test::_ \")\"\n\
         EVERY: /\"([1-9][0-9] minutes?|([1-9][0-9]? )?(hour|day|week|month|year)s?)\"/\n\
         ZONE: /\"[A-Za-z][A-Za-z0-9_+\\/-]*\"/\n\
         STARTON: /\"20[0-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\"/\n",
        into.join("\n  | "),
    ));
}

/// Calls of actions. Those that refer to an object of a type are allowed where one can be reached.
///
/// Returns the calls that give a variable, with what follows them.
fn calls(
    out: &mut String,
    catalog: &Catalog,
    scopes: &Scopes,
    paths: &Paths,
    known: &Known,
) -> Vec<String> {
    let mut steps: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut given: Vec<String> = Vec::new();
    let mut number = 0;
    for task in catalog.tasks() {
        let arguments = match task.task_type {
            TaskType::Action => arguments(out, task, paths, number, known),
            TaskType::Wait => Some(Arguments {
                rule: match known.months {
                    true => "/(seconds|minutes|hours|days|weeks|months)=/ LASTS".to_string(),
                    false => "/(seconds|minutes|hours|days|weeks)=/ LASTS".to_string(),
                },
                when: String::new(),
                in_scope: false,
            }),
            _ => continue,
        };
        let Some(arguments) = arguments else {
            continue;
        };
        let rule = format!("call{number}");
        let suffix = if arguments.in_scope { "::_" } else { "" };
        let own = if known.own_arguments {
            " (/,? ?_(name|version)=/ STR)*"
        } else {
            ""
        };
        out.push_str(&format!(
            "{rule}{suffix} : \"{}(\" {}{own} \")\"\n",
            task.name, arguments.rule
        ));
        number += 1;
        match (task.output(), scopes.output_bit(&task.name)) {
            (Some(variable), Some(bit)) => {
                let when = match arguments.when.as_str() {
                    "" => String::new(),
                    when => format!(" %if {when}"),
                };
                given.push(format!(
                    "\"{} = \" {rule}{suffix} \"\\n\" more::set_bit({bit}){when}",
                    variable.name
                ));
            }
            _ => steps
                .entry(arguments.when)
                .or_default()
                .push(format!("{rule}{suffix}")),
        }
    }
    let mut alternatives = Vec::new();
    for (place, (when, rules)) in steps.iter().enumerate() {
        let (plain, scoped): (Vec<&String>, Vec<&String>) =
            rules.iter().partition(|rule| !rule.ends_with("::_"));
        for (name, rules, suffix) in [("plain", plain, ""), ("scoped", scoped, "::_")] {
            if rules.is_empty() {
                continue;
            }
            let rules: Vec<&str> = rules.iter().map(|rule| rule.as_str()).collect();
            out.push_str(&format!("{name}{place}{suffix} : {}\n", rules.join(" | ")));
            let when = match when.as_str() {
                "" => String::new(),
                when => format!(" %if {when}"),
            };
            alternatives.push(format!("{name}{place}{suffix}{when}"));
        }
    }
    out.push_str(&format!("step::_ : {}\n", alternatives.join("\n  | ")));
    given
}

struct Arguments {
    rule: String,
    /// The condition under which all of it can be filled.
    when: String,
    /// Whether it depends on what is in scope.
    in_scope: bool,
}

/// True for a field id that can be written as the name of an argument.
fn is_argument(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_alphabetic())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn arguments(
    out: &mut String,
    task: &Task,
    paths: &Paths,
    number: usize,
    known: &Known,
) -> Option<Arguments> {
    // No word about code: then a step whose code is wrong is worth less than none.
    let scripted = task
        .fields
        .iter()
        .any(|field| field.kind == FieldKind::Code);
    if scripted && !known.code {
        return None;
    }
    let mut whens: Vec<String> = Vec::new();
    let mut fields: Vec<(&Field, String, Option<String>)> = Vec::new();
    for field in &task.fields {
        // An app may call a field what no argument can be called; only an import knows such tasks.
        if !is_argument(&field.id) {
            match field.must_be_given() {
                true => return None,
                false => continue,
            }
        }
        let mut optional_when = None;
        if let (FieldKind::CommerceObject, Some(target)) = (field.kind, &field.of) {
            match (
                paths.reachable(target).map(str::to_string),
                field.must_be_given(),
            ) {
                (None, true) => return None,
                (None, false) => continue,
                (Some(when), true) => {
                    if !when.is_empty() && !whens.contains(&when) {
                        whens.push(when);
                    }
                }
                (Some(when), false) => optional_when = Some(when),
            }
        }
        fields.push((
            field,
            value(
                field,
                field.required && !known.empty,
                !known.texts.contains(&field.id),
            ),
            optional_when,
        ));
    }
    let in_scope = fields.iter().any(|(_, value, _)| value.contains("::_"));
    // An optional reference is a rule of its own, since it has a condition.
    let one = |out: &mut String, place: usize, before: &str, after: &str| -> String {
        let (field, value, when) = &fields[place];
        let text = format!("\"{before}{}=\" {value}{after}", field.id);
        match when.as_deref() {
            Some(when) if !when.is_empty() => {
                let rule = format!("opt{number}f{place}");
                out.push_str(&format!("{rule}::_ : {text} %if {when}\n"));
                format!("{rule}::_")
            }
            _ => text,
        }
    };
    let rule = match fields.iter().position(|(field, ..)| field.must_be_given()) {
        Some(first) => {
            let mut parts = Vec::new();
            for (place, (field, ..)) in fields.iter().enumerate() {
                let required = field.must_be_given();
                parts.push(if place < first {
                    format!("({})?", one(out, place, "", " \", \""))
                } else if place == first {
                    one(out, place, "", "")
                } else if required {
                    one(out, place, ", ", "")
                } else {
                    format!("({})?", one(out, place, ", ", ""))
                });
            }
            parts.join(" ")
        }
        None if fields.is_empty() => "\"\"".to_string(),
        None => {
            let starts: Vec<String> = (0..fields.len())
                .map(|first| {
                    let (field, value, _) = &fields[first];
                    let rest: Vec<String> = (first + 1..fields.len())
                        .map(|place| {
                            let (field, value, _) = &fields[place];
                            format!("(\", {}=\" {value})?", field.id)
                        })
                        .collect();
                    format!("\"{}=\" {value} {}", field.id, rest.join(" "))
                })
                .collect();
            // Objects that cannot be reached would be dead ends; such a task must name none.
            whens.extend(
                fields
                    .iter()
                    .filter_map(|(_, _, when)| when.clone())
                    .filter(|when| !when.is_empty()),
            );
            format!("({})?", starts.join(" | "))
        }
    };
    let when = whens
        .into_iter()
        .reduce(|left, right| format!("and({left}, {right})"))
        .unwrap_or_default();
    Some(Arguments {
        rule,
        when,
        in_scope,
    })
}

/// Texts that name something outside the workflow: what was not said cannot be meant.
const SAID: [&str; 7] = ["channel", "code", "event_name", "tag", "tier", "to", "url"];

/// Texts that people read. Others may hold JSON.
const PROSE: [&str; 10] = [
    "comment",
    "description",
    "message",
    "name",
    "note",
    "notes",
    "subject",
    "summary",
    "text",
    "title",
];

/// Texts that are a value of some kind: a word, a number, whether something is so.
const VALUES: [&str; 1] = ["value"];

/// Texts that hold an amount.
const AMOUNTS: [&str; 3] = ["initial_value", "points", "stamps"];

/// The value of an argument of an action; filled ones are not empty texts, strict ones have the form
/// that the step takes.
fn value(field: &Field, filled: bool, strict: bool) -> String {
    match field.kind {
        FieldKind::Email if field.liquid => "mail::_".to_string(),
        FieldKind::Text if field.liquid && SAID.contains(&field.id.as_str()) => {
            "said::_".to_string()
        }
        FieldKind::Text if field.liquid && AMOUNTS.contains(&field.id.as_str()) => {
            "amount::_".to_string()
        }
        FieldKind::Text if field.liquid && VALUES.contains(&field.id.as_str()) && filled => {
            "said_value::_".to_string()
        }
        FieldKind::Array if field.liquid && filled => {
            "(\"[\" said::_ smore::_ \"]\" | one_ref::_)".to_string()
        }
        FieldKind::Array if field.liquid => {
            "(\"[\" \"]\" | \"[\" said::_ smore::_ \"]\" | tstr::_)".to_string()
        }
        FieldKind::Text | FieldKind::Email
            if field.liquid && filled && PROSE.contains(&field.id.as_str()) =>
        {
            "prose::_".to_string()
        }
        FieldKind::Text | FieldKind::Email if field.liquid && filled => "filled::_".to_string(),
        FieldKind::Text | FieldKind::Email if field.liquid => "tstr::_".to_string(),
        FieldKind::Collections if filled => "\"[\" said::_ smore::_ \"]\"".to_string(),
        FieldKind::Array if filled => "(\"[\" filled::_ tmore::_ \"]\" | filled::_)".to_string(),
        FieldKind::Map if filled => "\"{\" filled::_ \": \" tstr::_ tpairs::_ \"}\"".to_string(),
        FieldKind::Map if strict => "tmap::_".to_string(),
        FieldKind::Integer if field.liquid => "(INT | tstr::_)".to_string(),
        FieldKind::Array | FieldKind::Collections => "(tlist::_ | tstr::_)".to_string(),
        FieldKind::Map => "(tmap::_ | tstr::_)".to_string(),
        FieldKind::CommerceObject => match &field.of {
            Some(target) => format!("{}::_", Paths::reference(target)),
            None => "STR".to_string(),
        },
        FieldKind::ApiCall if strict => "api::_".to_string(),
        FieldKind::Path => "(lroot::_ | sumroot::_)".to_string(),
        // In all of these the strings are what has to be filled.
        _ if filled => plain_value(field).replace("STR", "FILLED"),
        _ => plain_value(field),
    }
}

/// The value of an argument that sees no variables.
fn plain_value(field: &Field) -> String {
    match field.kind {
        FieldKind::Integer => "INT".to_string(),
        FieldKind::Boolean => "BOOL".to_string(),
        FieldKind::Enum if field.id == "method" => "METHOD".to_string(),
        FieldKind::Enum if !field.values.is_empty() => {
            let values: Vec<String> = field
                .values
                .iter()
                .map(|value| literal(&literal(value)))
                .collect();
            format!("({})", values.join(" | "))
        }
        // A name or an id of a thing of the shop: only the merchant knows it.
        FieldKind::Resource => "\"\\\"\" SALL \"\\\"\"".to_string(),
        FieldKind::Metafield => {
            "(STR | \"{\" STR \": \" STR (\", \" STR \": \" STR)* \"}\")".to_string()
        }
        FieldKind::Array | FieldKind::Collections => {
            "(STR | \"[\" STR (\", \" STR)* \"]\")".to_string()
        }
        _ => "STR".to_string(),
    }
}
