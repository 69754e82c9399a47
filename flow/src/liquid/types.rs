//! What the types of the environment say about a template: Flow shows single values only, has no
//! places in a list, and counts a list only by a field of its items.
//!
//! Sources: env facts, "Liquid in Flow: limits", and the skill `workflow-runtime` they cite.

use serde_json::Value;

use super::expression::{Filter, Filtered, Loop, Question, Term};
use super::parse::{Node, Template, finding};
use super::{MAX_FINDINGS, MAX_NAMES};
use crate::catalog::{Catalog, TypeRef, Variable, nearest};
use crate::check::Finding;
use crate::sorted::SortedSet;

/// Checks a template against the types of what a step sees; `made` are the names it makes itself.
pub(super) fn check(
    template: &Template,
    made: &SortedSet<String>,
    catalog: &Catalog,
    scope: &[Variable],
) -> Vec<Finding> {
    let mut checker = Checker {
        catalog,
        scope,
        made,
        names: Names::new(),
        in_loop: false,
        messages: Vec::new(),
    };
    checker.nodes(&template.nodes);
    checker
        .messages
        .into_iter()
        .map(|message| finding("CONFIG_FIELD_LIQUID_ERROR", message))
        .collect()
}

/// What stands behind a term, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
enum Kind {
    /// Data that nobody described, or a name that got too many different values.
    Unknown,
    /// A single value, with the name of its type.
    Scalar(String),
    Object(String),
    List {
        item: Box<Kind>,
        /// True for a list by itself (`order.lineItems`), false for a field of its items
        /// (`order.lineItems.id`), which is all that Flow counts.
        itself: bool,
    },
    /// A name that branches and loops give different values: one of these, none of them `Unknown`
    /// or itself `OneOf`.
    OneOf(Vec<Kind>),
}

impl Kind {
    /// The kinds that a value may be of.
    fn each(self) -> Vec<Kind> {
        match self {
            Kind::OneOf(kinds) => kinds,
            kind => vec![kind],
        }
    }

    /// A value that is one or the other.
    fn or(self, other: Kind) -> Kind {
        if self == other {
            return self;
        }
        let mut kinds = self.each();
        for kind in other.each() {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        one_of(kinds)
    }
}

/// A value that is of one of these kinds.
fn one_of(mut kinds: Vec<Kind>) -> Kind {
    if kinds.len() > MAX_KINDS || kinds.contains(&Kind::Unknown) {
        return Kind::Unknown;
    }
    match (kinds.pop(), kinds.is_empty()) {
        (None, _) => Kind::Unknown,
        (Some(kind), true) => kind,
        (Some(kind), false) => {
            kinds.push(kind);
            Kind::OneOf(kinds)
        }
    }
}

/// A name that may be of more kinds than this is not followed further.
const MAX_KINDS: usize = 4;

/// A loop's body is read this often at most, until what its names may be is settled.
const MAX_ROUNDS: usize = 6;

/// Names that the template made, innermost last.
type Names = Vec<(String, Kind)>;

/// The type of the loop's own counter, `forloop`.
const FORLOOP: &str = "forloop";

/// The fields of `forloop`.
const FORLOOP_FIELDS: [&str; 7] = [
    "index", "index0", "rindex", "rindex0", "first", "last", "length",
];

/// Filters that work on a whole list; all others take a single value.
const OF_LISTS: [&str; 19] = [
    "size",
    "join",
    "first",
    "last",
    "reverse",
    "compact",
    "concat",
    "uniq",
    "sort",
    "sort_natural",
    "map",
    "where",
    "reject",
    "find",
    "find_index",
    "has",
    "sum",
    "slice",
    "default",
];

struct Checker<'a> {
    catalog: &'a Catalog,
    scope: &'a [Variable],
    /// Names that some part of the template makes.
    made: &'a SortedSet<String>,
    names: Names,
    /// Inside of a loop an assignment adds to what a name may be, as it may come in any round or
    /// in none; elsewhere it replaces it.
    in_loop: bool,
    messages: Vec<String>,
}

impl Checker<'_> {
    fn say(&mut self, message: String) {
        if self.messages.len() < MAX_FINDINGS && !self.messages.contains(&message) {
            self.messages.push(message);
        }
    }

    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(_) | Node::Break | Node::Continue => {}
                Node::Output(value) => {
                    let kind = self.filtered(value);
                    self.shown(&kind, &|| spelled(value));
                }
                Node::Assign(name, value) => {
                    let kind = self.filtered(value);
                    self.make(name, kind);
                }
                Node::Capture(name, body) => {
                    self.nodes(body);
                    self.make(name, scalar("String"));
                }
                Node::If {
                    branches,
                    otherwise,
                } => {
                    for (_, question, _) in branches {
                        self.question(question);
                    }
                    let bodies = branches.iter().map(|(_, _, body)| body.as_slice());
                    self.branches(bodies.chain([otherwise.as_slice()]));
                }
                Node::Case {
                    subject,
                    whens,
                    otherwise,
                } => {
                    self.term(subject);
                    for term in whens.iter().flat_map(|(terms, _)| terms) {
                        self.term(term);
                    }
                    let bodies = whens.iter().map(|(_, body)| body.as_slice());
                    self.branches(bodies.chain([otherwise.as_slice()]));
                }
                Node::For {
                    header,
                    body,
                    otherwise,
                } => self.for_loop(header, body, otherwise),
            }
        }
    }

    /// Bodies of which one is rendered: each starts with the same names, and afterwards a name may
    /// be what any of them made it.
    fn branches<'n>(&mut self, bodies: impl Iterator<Item = &'n [Node]>) {
        let before = self.names.clone();
        let mut after: Option<Names> = None;
        for body in bodies {
            self.names.clone_from(&before);
            self.nodes(body);
            match &mut after {
                None => after = Some(std::mem::take(&mut self.names)),
                Some(after) => join(after, &self.names, before.len()),
            }
        }
        self.names = after.unwrap_or(before);
    }

    fn for_loop(&mut self, header: &Loop, body: &[Node], otherwise: &[Node]) {
        let start = self.names.clone();
        let outermost = !std::mem::replace(&mut self.in_loop, true);
        // What a later round is given is known only after an earlier one was read. The outermost
        // loop reads those in it again, so that they need no rounds of their own.
        for _ in 0..if outermost { MAX_ROUNDS } else { 1 } {
            let before = outermost.then(|| self.names.clone());
            let item = self.looped(header);
            let known = self.names.len();
            self.names.push((header.item.clone(), item));
            self.names
                .push((FORLOOP.to_string(), Kind::Object(FORLOOP.to_string())));
            self.nodes(body);
            // Assignments of the body stay; the item and `forloop` go.
            self.names.drain(known..known + 2);
            if before.is_none_or(|before| before == self.names) {
                break;
            }
        }
        self.in_loop = !outermost;
        // Without an item the body makes nothing.
        let prefix = start.len();
        let after = std::mem::replace(&mut self.names, start);
        self.nodes(otherwise);
        join(&mut self.names, &after, prefix);
    }

    /// What a loop's item is.
    fn looped(&mut self, header: &Loop) -> Kind {
        for bound in [&header.limit, &header.offset].into_iter().flatten() {
            self.term(bound);
        }
        let list = self.term(&header.list);
        self.of_each(list, |checker, kind| match kind {
            Kind::List { item, .. } => *item,
            Kind::Unknown | Kind::OneOf(_) => Kind::Unknown,
            Kind::Scalar(_) | Kind::Object(_) => {
                let shown = written(&header.list);
                checker.say(format!(
                    "{shown} is no list, so the loop has no items; choose a list."
                ));
                Kind::Unknown
            }
        })
    }

    /// What becomes of a value, whichever kind it is of.
    fn of_each(&mut self, kind: Kind, mut then: impl FnMut(&mut Self, Kind) -> Kind) -> Kind {
        match kind {
            Kind::OneOf(kinds) => kinds
                .into_iter()
                .map(|kind| then(self, kind))
                .reduce(Kind::or)
                .unwrap_or(Kind::Unknown),
            kind => then(self, kind),
        }
    }

    fn make(&mut self, name: &str, kind: Kind) {
        let full = self.names.len() >= MAX_NAMES;
        match self.names.iter_mut().rev().find(|(known, _)| known == name) {
            Some((_, old)) if self.in_loop => {
                *old = std::mem::replace(old, Kind::Unknown).or(kind);
            }
            Some((_, old)) => *old = kind,
            None if !full => self.names.push((name.to_string(), kind)),
            None => {}
        }
    }

    fn question(&mut self, question: &Question) {
        let mut next = Some(question);
        while let Some(question) = next {
            self.term(&question.test.left);
            if let Some((_, right)) = &question.test.right {
                self.term(right);
            }
            next = question.rest.as_ref().map(|(_, rest)| rest.as_ref());
        }
    }

    /// A value that is shown must be a single one.
    fn shown(&mut self, kind: &Kind, what: &dyn Fn() -> String) {
        match kind {
            Kind::Unknown | Kind::Scalar(_) => {}
            Kind::Object(name) => {
                let message = self.no_object(&what(), name);
                self.say(message);
            }
            Kind::List { .. } => self.say(format!(
                "{} is a list and cannot be shown; go through it with {{% for %}}, or join a field of it.",
                what()
            )),
            Kind::OneOf(kinds) => {
                for kind in kinds {
                    self.shown(kind, what);
                }
            }
        }
    }

    /// What to say of an object where a single value is needed.
    fn no_object(&self, what: &str, name: &str) -> String {
        let fields = self.catalog.types.objects.get(name);
        let has = |field: &str| fields.is_some_and(|fields| fields.contains_key(field));
        match ["name", "title", "amount", "id"]
            .into_iter()
            .find(|field| has(field))
        {
            Some(field) => format!(
                "{what} is an object and cannot be shown; pick one of its fields, for example {what}.{field}."
            ),
            None => format!("{what} is an object and cannot be shown; pick one of its fields."),
        }
    }

    fn filtered(&mut self, value: &Filtered) -> Kind {
        let mut kind = self.term(&value.term);
        let mut what = written(&value.term);
        for filter in &value.filters {
            for argument in &filter.arguments {
                self.term(argument);
            }
            kind = self.filter(filter, kind, &what);
            what.push_str(" | ");
            what.push_str(&filter.name);
        }
        kind
    }

    /// What comes out of a filter.
    fn filter(&mut self, filter: &Filter, input: Kind, what: &str) -> Kind {
        self.of_each(input, |checker, input| {
            checker.filter_one(filter, input, what)
        })
    }

    fn filter_one(&mut self, filter: &Filter, input: Kind, what: &str) -> Kind {
        let name = filter.name.as_str();
        if name == "default" {
            let other = filter.arguments.first().map(|term| self.term(term));
            return match other {
                Some(other) if other == input => input,
                Some(Kind::Scalar(_)) if matches!(input, Kind::Scalar(_)) => scalar("String"),
                _ if matches!(input, Kind::Object(_) | Kind::List { .. }) => input,
                _ => Kind::Unknown,
            };
        }
        if !OF_LISTS.contains(&name) {
            self.single(name, &input, what);
            return match name {
                "split" => list_of(scalar("String")),
                // What is no date comes through unchanged.
                _ => scalar("String"),
            };
        }
        let (item, itself) = match input {
            Kind::List { item, itself } => (*item, itself),
            Kind::Object(ref object) => {
                let message = self.no_object(what, object);
                self.say(message);
                return Kind::Unknown;
            }
            Kind::Unknown | Kind::OneOf(_) => {
                return match name {
                    "size" | "join" | "find_index" | "has" | "sum" => scalar("String"),
                    _ => Kind::Unknown,
                };
            }
            // A filter of lists takes a single value for a list of one.
            Kind::Scalar(_) => {
                return match name {
                    "first" | "last" | "slice" | "size" | "join" => input,
                    "find_index" | "has" | "sum" => scalar("String"),
                    "map" => Kind::Unknown,
                    "find" => input,
                    _ => list_of(input),
                };
            }
        };
        let field = match filter.arguments.first() {
            Some(Term::Literal(Value::String(field))) if name != "join" => {
                self.field_of_items(&item, field, what)
            }
            _ => None,
        };
        match name {
            "size" => {
                if itself && matches!(item, Kind::Object(_)) {
                    self.say(format!(
                        "Flow cannot count {what} with size; count a field of its items instead, for example {what}.id | size."
                    ));
                }
                scalar("Int")
            }
            "join" => {
                if matches!(item, Kind::Object(_)) {
                    self.say(format!(
                        "{what} holds objects, which join shows as nothing; join one of their fields, for example {what}.id."
                    ));
                }
                scalar("String")
            }
            "find_index" | "has" | "sum" => scalar("Float"),
            "first" | "last" | "find" => item,
            "map" => list_of(field.unwrap_or(Kind::Unknown)),
            _ => list_of(item),
        }
    }

    /// A filter of single values needs one, and those of dates a date.
    fn single(&mut self, name: &str, input: &Kind, what: &str) {
        match input {
            Kind::Unknown | Kind::OneOf(_) => {}
            // An amount with its currency is what money is made for.
            Kind::Object(object) if object == "MoneyV2" && name.starts_with("money") => {}
            Kind::Object(_) | Kind::List { .. } => self.shown(input, &|| what.to_string()),
            Kind::Scalar(ty) => {
                // A text may hold a date; a truth, an amount and a word of an enum never do.
                let never = matches!(ty.as_str(), "Boolean" | "Decimal" | "Money" | "Float")
                    || self.catalog.enum_values(ty).is_some();
                if matches!(name, "date_plus" | "date_minus") && never {
                    self.say(format!(
                        "{what} is no date, and {name} needs one; choose a date."
                    ));
                }
            }
        }
    }

    /// The field that a filter names of a list's items; `None` where the items have none.
    fn field_of_items(&mut self, item: &Kind, field: &str, what: &str) -> Option<Kind> {
        let Kind::Object(object) = item else {
            return None;
        };
        let fields = self.catalog.types.objects.get(object)?;
        match fields.get(field) {
            Some(ty) => Some(self.of_type(ty)),
            None => {
                let advice = match nearest(field, fields.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean {near}?"),
                    None => "choose another field.".to_string(),
                };
                self.say(format!(
                    "The items of {what} have no field {field}; {advice}"
                ));
                None
            }
        }
    }

    fn term(&mut self, term: &Term) -> Kind {
        match term {
            Term::Literal(Value::Number(_)) => scalar("Int"),
            Term::Literal(Value::Bool(_)) => scalar("Boolean"),
            Term::Literal(_) | Term::Empty => scalar("String"),
            Term::Range(low, high) => {
                self.term(low);
                self.term(high);
                list_of(scalar("Int"))
            }
            Term::Path(path) => self.path(path),
        }
    }

    fn path(&mut self, path: &[String]) -> Kind {
        let Some((first, rest)) = path.split_first() else {
            return Kind::Unknown;
        };
        let own = self.names.iter().rev().find(|(name, _)| name == first);
        let is_own = own.is_some();
        let mut kind = match own {
            Some((_, kind)) => kind.clone(),
            None if self.made.contains(first) => return Kind::Unknown,
            None => {
                let variable = self.scope.iter().rev().find(|known| known.name == *first);
                match variable {
                    Some(variable) => self.of_type(&variable.ty),
                    None => return Kind::Unknown,
                }
            }
        };
        let mut known = first.clone();
        for segment in rest {
            kind = self.of_each(kind, |checker, kind| {
                checker.segment(kind, &known, segment, is_own)
            });
            if kind == Kind::Unknown {
                break;
            }
            known.push('.');
            known.push_str(segment);
        }
        kind
    }

    /// What a segment of a path leads to; `known` is what is written before it.
    fn segment(&mut self, kind: Kind, known: &str, segment: &str, is_own: bool) -> Kind {
        let is_place = segment.bytes().all(|byte| byte.is_ascii_digit());
        let dotted_filter = matches!(segment, "size" | "first" | "last");
        match kind {
            Kind::Unknown | Kind::OneOf(_) => Kind::Unknown,
            Kind::List { .. } if is_place || segment == "first" || segment == "last" => {
                let shown = if is_place {
                    format!("{known}[{segment}]")
                } else {
                    format!("{known}.{segment}")
                };
                self.say(format!(
                    "Flow does not read {shown}; go through {known} with {{% for %}}, or use a filter such as first."
                ));
                Kind::Unknown
            }
            Kind::List { .. } | Kind::Scalar(_) if segment == "size" => {
                self.say(format!(
                    "Flow does not read {known}.size; use the filter size, on a field of the items if it is a list."
                ));
                scalar("Int")
            }
            Kind::List { item, .. } => match self.field(&item, segment) {
                Some(kind) => list_of(kind),
                None => self.no_field(known, segment, is_own),
            },
            single => match self.field(&single, segment) {
                Some(kind) => kind,
                None => self.no_field(known, segment, is_own && !dotted_filter),
            },
        }
    }

    /// Of the environment's own paths it is said already that there is no such field.
    fn no_field(&mut self, known: &str, segment: &str, is_own: bool) -> Kind {
        if is_own {
            self.say(format!("{known} has no field {segment}; choose another."));
        }
        Kind::Unknown
    }

    fn field(&self, owner: &Kind, name: &str) -> Option<Kind> {
        match owner {
            Kind::Unknown | Kind::OneOf(_) => Some(Kind::Unknown),
            Kind::Object(object) if object == FORLOOP => {
                FORLOOP_FIELDS.contains(&name).then(|| {
                    scalar(if matches!(name, "first" | "last") {
                        "Boolean"
                    } else {
                        "Int"
                    })
                })
            }
            Kind::Object(object) => {
                let ty = self.catalog.types.objects.get(object)?.get(name)?;
                Some(self.of_type(ty))
            }
            Kind::Scalar(_) | Kind::List { .. } => None,
        }
    }

    fn of_type(&self, ty: &TypeRef) -> Kind {
        let single = match ty.name.as_str() {
            // Data of a shape nobody described, and entries that the shop defined itself.
            "JSON" | "Metaobject" => Kind::Unknown,
            name if self.catalog.is_scalar(name) => scalar(name),
            name => Kind::Object(name.to_string()),
        };
        if ty.list {
            Kind::List {
                item: Box::new(single),
                itself: true,
            }
        } else {
            single
        }
    }
}

fn scalar(name: &str) -> Kind {
    Kind::Scalar(name.to_string())
}

/// A list that a filter made, which may be counted.
fn list_of(item: Kind) -> Kind {
    let item = match item {
        Kind::List { item, .. } => item,
        item => Box::new(item),
    };
    Kind::List {
        item,
        itself: false,
    }
}

/// Adds to `names` what another branch made of them. The first `shared` names stand at the same
/// places in both; beyond them each name is there once.
fn join(names: &mut Names, other: &Names, shared: usize) {
    for (place, (name, kind)) in other.iter().enumerate() {
        let known = if place < shared {
            names.get_mut(place)
        } else {
            names
                .iter_mut()
                .skip(shared)
                .find(|(known, _)| known == name)
        };
        match known {
            Some((_, known)) => *known = std::mem::replace(known, Kind::Unknown).or(kind.clone()),
            None => names.push((name.clone(), kind.clone())),
        }
    }
}

/// A term as it is written.
fn written(term: &Term) -> String {
    match term {
        Term::Path(path) => path.join("."),
        Term::Literal(Value::String(text)) => format!("'{text}'"),
        Term::Literal(value) => value.to_string(),
        Term::Empty => "empty".to_string(),
        Term::Range(low, high) => format!("({}..{})", written(low), written(high)),
    }
}

/// A term with the names of its filters.
fn spelled(value: &Filtered) -> String {
    let mut out = written(&value.term);
    for filter in &value.filters {
        out.push_str(" | ");
        out.push_str(&filter.name);
    }
    out
}
