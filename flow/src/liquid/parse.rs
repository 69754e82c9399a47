//! Reading a template into its nodes. What does not read is reported and left out.

use indexmap::IndexSet;

use super::expression::{Cursor, Filtered, Loop, Question, Term};
use super::{MAX_FINDINGS, MAX_NAMES, filters};
use crate::check::{Bucket, Finding, Severity};
use crate::sorted::SortedSet;

/// How deep blocks may stand inside blocks.
const MAX_DEPTH: usize = 32;

/// The longest template that is read, in bytes.
const MAX_LENGTH: usize = 256 * 1024;

/// The tags that open something, or stand alone.
const TAGS: [&str; 10] = [
    "if", "unless", "case", "for", "assign", "capture", "comment", "raw", "break", "continue",
];

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    Text(String),
    Output(Filtered),
    If {
        /// Asked in order; `true` asks for the opposite (`unless`).
        branches: Vec<(bool, Question, Vec<Node>)>,
        otherwise: Vec<Node>,
    },
    Case {
        subject: Term,
        whens: Vec<(Vec<Term>, Vec<Node>)>,
        otherwise: Vec<Node>,
    },
    For {
        header: Loop,
        body: Vec<Node>,
        otherwise: Vec<Node>,
    },
    Assign(String, Filtered),
    Capture(String, Vec<Node>),
    Break,
    Continue,
}

/// A template that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Template {
    pub nodes: Vec<Node>,
    pub findings: Vec<Finding>,
}

/// A warning about a template.
pub(super) fn finding(code: &str, message: String) -> Finding {
    Finding::new(Severity::Warning, Bucket::ConfigField, code, message)
}

pub(super) fn parse(text: &str) -> Template {
    let mut findings = Vec::new();
    if text.len() > MAX_LENGTH {
        findings.push(finding(
            "CONFIG_FIELD_VALUE_TOO_LARGE",
            "This text is too long to be rendered; shorten it.".to_string(),
        ));
        return Template {
            nodes: Vec::new(),
            findings,
        };
    }
    let pieces = split(text, &mut findings);
    let mut parser = Parser {
        pieces,
        next: 0,
        findings,
    };
    let mut nodes = Vec::new();
    // A stray closing tag ends a block that was never opened: it is reported, and reading goes on.
    while parser.next < parser.pieces.len() {
        let (more, stopped_at) = parser.block(&[], 0);
        nodes.extend(more);
        if let Some((tag, _)) = stopped_at {
            parser.syntax(tag);
        }
    }
    parser.findings.truncate(MAX_FINDINGS);
    Template {
        nodes,
        findings: parser.findings,
    }
}

#[derive(Clone, Copy)]
enum Piece<'a> {
    Text(&'a str),
    Output(&'a str),
    Tag { name: &'a str, rest: &'a str },
}

/// Cuts a template at its braces; `raw` and `comment` are dealt with here.
fn split<'a>(text: &'a str, findings: &mut Vec<Finding>) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut trim_next = false;
    loop {
        let open = next_open(rest);
        let end_of_text = open.unwrap_or(rest.len());
        let mut literal = &rest[..end_of_text];
        if trim_next {
            literal = literal.trim_start();
        }
        let Some(open) = open else {
            push_text(&mut pieces, literal);
            return pieces;
        };
        let output = rest[open..].starts_with("{{");
        let inside = &rest[open + 2..];
        let close = if output { "}}" } else { "%}" };
        let Some(length) = inside.find(close) else {
            findings.push(finding(
                "CONFIG_FIELD_LIQUID_ERROR",
                format!("A {} is never closed; add {close}.", &rest[open..open + 2]),
            ));
            push_text(&mut pieces, literal);
            push_text(&mut pieces, &rest[open..]);
            return pieces;
        };
        let mut code = &inside[..length];
        if let Some(stripped) = code.strip_prefix('-') {
            code = stripped;
            literal = literal.trim_end();
        }
        trim_next = code.ends_with('-');
        code = code.strip_suffix('-').unwrap_or(code).trim();
        push_text(&mut pieces, literal);
        rest = &inside[length + 2..];
        if output {
            pieces.push(Piece::Output(code));
            continue;
        }
        let (name, arguments) = code.split_once(char::is_whitespace).unwrap_or((code, ""));
        match name {
            "raw" | "comment" => {
                let (inner, after) = until_end(rest, name);
                if name == "raw" {
                    push_text(&mut pieces, inner);
                }
                rest = after;
                trim_next = false;
            }
            _ => pieces.push(Piece::Tag {
                name,
                rest: arguments.trim(),
            }),
        }
    }
}

fn push_text<'a>(pieces: &mut Vec<Piece<'a>>, text: &'a str) {
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
}

/// Where the next `{{` or `{%` stands. One pass: looking for each by itself would go over a long
/// text again for every output in it.
pub(super) fn next_open(text: &str) -> Option<usize> {
    text.match_indices('{')
        .map(|(at, _)| at)
        .find(|at| matches!(text.as_bytes().get(at + 1), Some(b'{' | b'%')))
}

/// What stands before `{% endraw %}` or `{% endcomment %}`, and what stands after it.
fn until_end<'a>(text: &'a str, name: &str) -> (&'a str, &'a str) {
    let word = format!("end{name}");
    for (at, _) in text.match_indices(&word) {
        let (before, after) = text.split_at(at);
        let before = before.trim_end();
        let before = before.strip_suffix('-').unwrap_or(before);
        let after = after.get(word.len()..).unwrap_or_default().trim_start();
        let after = after.strip_prefix('-').unwrap_or(after);
        if let (Some(inner), Some(after)) = (before.strip_suffix("{%"), after.strip_prefix("%}")) {
            return (inner, after);
        }
    }
    (text, "")
}

struct Parser<'a> {
    pieces: Vec<Piece<'a>>,
    next: usize,
    findings: Vec<Finding>,
}

/// The name of a tag and what stands behind it.
type Tag<'a> = (&'a str, &'a str);

impl<'a> Parser<'a> {
    /// Reads nodes up to one of the tags in `ends`; gives that tag, or a stray one.
    fn block(&mut self, ends: &[&str], depth: usize) -> (Vec<Node>, Option<Tag<'a>>) {
        let mut nodes = Vec::new();
        while let Some(piece) = self.pieces.get(self.next).copied() {
            self.next += 1;
            match piece {
                Piece::Text(text) => nodes.push(Node::Text(text.to_string())),
                Piece::Output(code) => match whole(code, Cursor::filtered) {
                    Some(filtered) => nodes.push(Node::Output(filtered)),
                    None => self.syntax(code),
                },
                Piece::Tag { name, rest } => {
                    let closes =
                        name.starts_with("end") || matches!(name, "else" | "elsif" | "when");
                    if ends.contains(&name) || closes {
                        return (nodes, Some((name, rest)));
                    }
                    if let Some(node) = self.tag(name, rest, depth) {
                        nodes.push(node);
                    }
                }
            }
        }
        (nodes, None)
    }

    fn tag(&mut self, name: &str, rest: &str, depth: usize) -> Option<Node> {
        if depth >= MAX_DEPTH {
            self.findings.push(finding(
                "CONFIG_FIELD_LIQUID_ERROR",
                "The blocks of this text nest too deeply; simplify it.".to_string(),
            ));
            // Nothing after this can be read with sense.
            self.next = self.pieces.len();
            return None;
        }
        let node = match name {
            "if" | "unless" => self.branches(name, rest, depth),
            "case" => self.case(rest, depth),
            "for" => self.for_loop(rest, depth),
            "assign" => {
                whole(rest, Cursor::assignment).map(|(name, value)| Node::Assign(name, value))
            }
            "capture" => {
                let variable = whole(rest, Cursor::name);
                let (body, end) = self.block(&["endcapture"], depth + 1);
                self.closed("endcapture", end);
                variable.map(|variable| Node::Capture(variable, body))
            }
            "break" => Some(Node::Break),
            "continue" => Some(Node::Continue),
            _ => {
                let shown: String = name.chars().take(60).collect();
                let advice = match crate::catalog::nearest(&shown, TAGS.into_iter()) {
                    Some(near) => format!("did you mean {near}?"),
                    None => "remove it.".to_string(),
                };
                self.findings.push(finding(
                    "CONFIG_FIELD_LIQUID_ERROR",
                    format!("The tag {shown} is not known here; {advice}"),
                ));
                return None;
            }
        };
        if node.is_none() {
            self.syntax(&format!("{name} {rest}"));
        }
        node
    }

    fn branches(&mut self, name: &str, rest: &str, depth: usize) -> Option<Node> {
        let end_tag = if name == "if" { "endif" } else { "endunless" };
        let mut branches = Vec::new();
        let mut otherwise = Vec::new();
        let mut question = whole(rest, Cursor::question);
        let mut opposite = name == "unless";
        let mut readable = true;
        loop {
            let (body, end) = self.block(&["elsif", "else", end_tag], depth + 1);
            match question.take() {
                Some(question) => branches.push((opposite, question, body)),
                None => readable = false,
            }
            opposite = false;
            match end {
                Some(("elsif", rest)) => question = whole(rest, Cursor::question),
                Some(("else", _)) => {
                    let (body, end) = self.block(&[end_tag], depth + 1);
                    otherwise = body;
                    self.closed(end_tag, end);
                    break;
                }
                other => {
                    self.closed(end_tag, other);
                    break;
                }
            }
        }
        readable.then_some(Node::If {
            branches,
            otherwise,
        })
    }

    fn case(&mut self, rest: &str, depth: usize) -> Option<Node> {
        let subject = whole(rest, Cursor::term);
        let mut whens = Vec::new();
        let mut otherwise = Vec::new();
        let mut readable = true;
        // What stands before the first `when` is never shown.
        let (_, mut end) = self.block(&["when", "else", "endcase"], depth + 1);
        loop {
            match end {
                Some(("when", rest)) => {
                    let (body, next) = self.block(&["when", "else", "endcase"], depth + 1);
                    match whole(rest, Cursor::terms) {
                        Some(terms) => whens.push((terms, body)),
                        None => readable = false,
                    }
                    end = next;
                }
                Some(("else", _)) => {
                    let (body, next) = self.block(&["when", "endcase"], depth + 1);
                    otherwise = body;
                    end = next;
                }
                other => {
                    self.closed("endcase", other);
                    break;
                }
            }
        }
        let subject = subject?;
        readable.then_some(Node::Case {
            subject,
            whens,
            otherwise,
        })
    }

    fn for_loop(&mut self, rest: &str, depth: usize) -> Option<Node> {
        let header = whole(rest, Cursor::for_loop);
        let (body, end) = self.block(&["else", "endfor"], depth + 1);
        let mut otherwise = Vec::new();
        match end {
            Some(("else", _)) => {
                let (nodes, end) = self.block(&["endfor"], depth + 1);
                otherwise = nodes;
                self.closed("endfor", end);
            }
            other => self.closed("endfor", other),
        }
        header.map(|header| Node::For {
            header,
            body,
            otherwise,
        })
    }

    fn closed(&mut self, wanted: &str, end: Option<Tag<'_>>) {
        match end {
            Some((tag, _)) if tag == wanted => {}
            Some((tag, _)) => self.findings.push(finding(
                "CONFIG_FIELD_LIQUID_ERROR",
                format!("{{% {tag} %}} stands where {{% {wanted} %}} belongs; close the blocks in order."),
            )),
            None => self.findings.push(finding(
                "CONFIG_FIELD_LIQUID_ERROR",
                format!("A block is never closed; add {{% {wanted} %}}."),
            )),
        }
    }

    fn syntax(&mut self, code: &str) {
        let shown: String = code.chars().take(60).collect();
        let word = code.split_whitespace().next().unwrap_or_default();
        if matches!(word, "if" | "unless" | "elsif" | "case" | "when") && code.contains('|') {
            self.findings.push(finding(
                "CONFIG_FIELD_LIQUID_ERROR",
                format!("“{shown}” uses a filter in a test; assign the value to a name first, then test that."),
            ));
            return;
        }
        self.findings.push(finding(
            "CONFIG_FIELD_LIQUID_ERROR",
            format!("“{shown}” is no Liquid that reads here; correct or remove it."),
        ));
    }
}

/// Reads a whole text with one method of the cursor.
fn whole<T>(text: &str, read: impl Fn(&mut Cursor) -> Option<T>) -> Option<T> {
    let mut cursor = Cursor::new(text)?;
    let value = read(&mut cursor)?;
    cursor.at_end().then_some(value)
}

impl Template {
    /// What the template reads, uses and makes.
    pub(super) fn collected(&self) -> Collected {
        let mut collector = Collector::default();
        collector.nodes(&self.nodes);
        collector.out
    }
}

/// What a template reads, uses and makes.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Collected {
    /// See [`super::paths`].
    pub found: IndexSet<String>,
    /// The names of the filters, in reading order.
    pub filters: IndexSet<String>,
    /// What is wrong with how filters are used, as far as the template itself tells; each once.
    pub misused: Vec<String>,
    /// The names that the template itself makes by `assign` and `capture`.
    pub made: SortedSet<String>,
}

/// Gathers the paths of a template; knows the names the template makes itself.
#[derive(Default)]
struct Collector {
    /// Name, and the path it stands for if it is an item of a list of the environment.
    names: Vec<(String, Option<Vec<String>>)>,
    out: Collected,
}

impl Collector {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Text(_) | Node::Break | Node::Continue => {}
                Node::Output(value) => self.filtered(value),
                Node::Assign(name, value) => {
                    self.filtered(value);
                    // `assign x = order.customer` makes x another name for the path.
                    let alias = match (&value.term, value.filters.as_slice()) {
                        (Term::Path(path), []) => self.resolve(path),
                        _ => None,
                    };
                    self.make(name, alias);
                }
                Node::Capture(name, body) => {
                    self.nodes(body);
                    self.make(name, None);
                }
                Node::If {
                    branches,
                    otherwise,
                } => {
                    for (_, question, body) in branches {
                        self.question(question);
                        self.nodes(body);
                    }
                    self.nodes(otherwise);
                }
                Node::Case {
                    subject,
                    whens,
                    otherwise,
                } => {
                    self.term(subject);
                    for (terms, body) in whens {
                        for term in terms {
                            self.term(term);
                        }
                        self.nodes(body);
                    }
                    self.nodes(otherwise);
                }
                Node::For {
                    header,
                    body,
                    otherwise,
                } => {
                    self.term(&header.list);
                    let list = match &header.list {
                        Term::Path(path) => self.resolve(path),
                        _ => None,
                    };
                    let known = self.names.len();
                    self.names.push((header.item.clone(), list));
                    self.names.push(("forloop".to_string(), None));
                    self.nodes(body);
                    // Assignments of the body stay; the item and `forloop` go.
                    self.names.drain(known..known + 2);
                    self.nodes(otherwise);
                }
            }
        }
    }

    /// Notes a name the template makes; a later value takes the place of an earlier one.
    fn make(&mut self, name: &str, alias: Option<Vec<String>>) {
        self.out.made.insert(name.to_string());
        let full = self.names.len() >= MAX_NAMES;
        match self.names.iter_mut().rev().find(|(known, _)| known == name) {
            Some((_, old)) => *old = alias,
            None if !full => self.names.push((name.to_string(), alias)),
            None => {}
        }
    }

    fn misuse(&mut self, message: String) {
        if self.out.misused.len() < MAX_FINDINGS && !self.out.misused.contains(&message) {
            self.out.misused.push(message);
        }
    }

    fn filtered(&mut self, value: &Filtered) {
        self.term(&value.term);
        for filter in &value.filters {
            if let Some(message) = filters::miscounted(&filter.name, filter.arguments.len()) {
                self.misuse(message);
            }
            if let Some(message) = filters::wrong_literal(&filter.name, filter.arguments.first()) {
                self.misuse(message);
            }
            if !self.out.filters.contains(&filter.name) {
                self.out.filters.insert(filter.name.clone());
            }
            for argument in &filter.arguments {
                self.term(argument);
            }
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

    fn term(&mut self, term: &Term) {
        match term {
            Term::Literal(_) | Term::Empty => {}
            Term::Range(low, high) => {
                self.term(low);
                self.term(high);
            }
            Term::Path(path) => {
                if self.names.is_empty() {
                    self.out.found.insert(path.join("."));
                } else if let Some(path) = self.resolve(path) {
                    self.out.found.insert(path.join("."));
                }
            }
        }
    }

    /// The path from the environment; `None` for a name that the template makes itself.
    fn resolve(&self, path: &[String]) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        let known = self.names.iter().rev().find(|(name, _)| name == first);
        let mut full = match known {
            Some((_, None)) => return None,
            Some((_, Some(path))) => path.clone(),
            None => vec![first.clone()],
        };
        full.extend(rest.iter().cloned());
        Some(full)
    }
}
