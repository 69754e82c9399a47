//! Reading a condition from its text form.

use std::borrow::Cow;

use super::{ConditionError, Expr, MAX_DEPTH, MAX_LENGTH, Op, Operand, Quantifier, tree};

/// How deep parentheses may nest: more than [`MAX_DEPTH`], because a condition of that depth is
/// printed with more of them than it needs, and what is printed must read.
const MAX_PARENTHESES: usize = 3 * MAX_DEPTH;

/// Reads a condition: the text form, or Flow's JSON tree, which starts with `{`.
///
/// Besides the canonical spelling this accepts what people and models write: `and`, `or`, `not`,
/// double quotes, `path.nil?`, `nil?(path)`, `== nil`, a literal on the left, a bare path for a
/// boolean, and `in? ['a', 'b']`.
pub fn parse(text: &str) -> Result<Expr, ConditionError> {
    if text.len() > MAX_LENGTH {
        return Err(ConditionError::new(
            "This condition is too long; split it over several condition steps.",
            MAX_LENGTH,
        ));
    }
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Err(ConditionError::new(
            "This condition is empty; say what must hold, for example (order.totalPrice > 500).",
            0,
        ));
    }
    if text.contains('{')
        && let Some(at) = text.find("{{").or_else(|| text.find("{%"))
        && !tree::is_tree(trimmed)
    {
        return Err(ConditionError::new(
            "Liquid cannot stand in a condition; write the path itself, for example order.name.",
            at,
        ));
    }
    let expr = if tree::is_tree(trimmed) {
        tree::parse(trimmed)?
    } else {
        text_form(text)?
    };
    if depth(&expr) > MAX_DEPTH {
        return Err(ConditionError::new(TOO_DEEP, 0));
    }
    Ok(expr)
}

const TOO_DEEP: &str = "This condition nests too deeply; split it over several condition steps.";

/// How many levels a condition has; a comparison has one. What was read is bounded, so this
/// recursion is.
fn depth(expr: &Expr) -> usize {
    1 + match expr {
        Expr::Compare { .. } => 0,
        Expr::And(parts) | Expr::Or(parts) => parts.iter().map(depth).max().unwrap_or(0),
        Expr::Not(inner) => depth(inner),
        Expr::List { body, .. } => depth(body),
    }
}

fn text_form(text: &str) -> Result<Expr, ConditionError> {
    let tokens = tokenize(text)?;
    let mut parser = Parser {
        tokens,
        next: 0,
        depth: 0,
        end: text.len(),
    };
    let expr = parser.level()?;
    match parser.peek() {
        None => Ok(expr),
        Some(_) => Err(parser.error(
            "There is text after the end of the condition; remove it or check the parentheses.",
        )),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token<'a> {
    String(Cow<'a, str>),
    Number(&'a str),
    Word(Cow<'a, str>),
    /// `&&`, `||`, a comparison, a bracket or punctuation.
    Symbol(&'static str),
}

/// The symbol that a text starts with.
fn symbol(rest: &str) -> Option<&'static str> {
    Some(match rest.as_bytes() {
        [b'&', b'&', ..] => "&&",
        [b'|', b'|', ..] => "||",
        [b'=', b'=', ..] => "==",
        [b'!', b'=', ..] => "!=",
        [b'>', b'=', ..] => ">=",
        [b'<', b'=', ..] => "<=",
        [b'>', ..] => ">",
        [b'<', ..] => "<",
        [b'!', ..] => "!",
        [b'(', ..] => "(",
        [b')', ..] => ")",
        [b'|', ..] => "|",
        [b',', ..] => ",",
        [b'[', ..] => "[",
        [b']', ..] => "]",
        _ => return None,
    })
}

fn tokenize(text: &str) -> Result<Vec<(Token<'_>, usize)>, ConditionError> {
    let mut tokens = Vec::with_capacity(text.len() / 4 + 1);
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if c.is_whitespace() {
            at += c.len_utf8();
        } else if c == '\'' || c == '"' {
            let (string, length) = read_string(rest, c).ok_or_else(|| {
                ConditionError::new("A text in this condition has no closing quote; add it.", at)
            })?;
            tokens.push((Token::String(string), at));
            at += length;
        } else if let Some(length) = number_length(rest) {
            tokens.push((Token::Number(&rest[..length]), at));
            at += length;
        } else if c.is_alphabetic() || c == '_' {
            at = read_word(text, at, &mut tokens)?;
        } else if let Some(symbol) = symbol(rest) {
            tokens.push((Token::Symbol(symbol), at));
            at += symbol.len();
        } else {
            return Err(ConditionError::new(
                format!("The character {c} has no meaning in a condition; remove it or quote it."),
                at,
            ));
        }
    }
    Ok(tokens)
}

/// Reads a quoted text; gives it without its escapes, and its length in the source.
fn read_string(rest: &str, quote: char) -> Option<(Cow<'_, str>, usize)> {
    // Most hold no escape and stand in the source as they are.
    let end = 1 + rest.get(1..)?.find([quote, '\\'])?;
    if rest[end..].starts_with(quote) {
        return Some((rest[1..end].into(), end + 1));
    }
    let mut string = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => string.push(chars.next()?.1),
            c if c == quote => return Some((string.into(), at + 1)),
            c => string.push(c),
        }
    }
    None
}

/// The length of a number at the start, if there is one that no letter or dot continues.
fn number_length(rest: &str) -> Option<usize> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let sign = usize::from(rest.starts_with('-'));
    let whole = digits(&rest[sign..]);
    if whole == 0 {
        return None;
    }
    let mut length = sign + whole;
    if rest[length..].starts_with('.') {
        let fraction = digits(&rest[length + 1..]);
        if fraction > 0 {
            length += 1 + fraction;
        }
    }
    let continued = rest[length..]
        .chars()
        .next()
        .is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.');
    (!continued).then_some(length)
}

/// Reads a path, a word or an operator such as `nil?`. `order.note.nil?` becomes two tokens.
fn read_word<'a>(
    text: &'a str,
    start: usize,
    tokens: &mut Vec<(Token<'a>, usize)>,
) -> Result<usize, ConditionError> {
    let (mut word, mut at) = plain_word(text, start);
    // `lineItems[].sku` means what `lineItems.sku` means.
    while !word.ends_with('?') && text[at..].starts_with("[]") {
        let (more, end) = plain_word(text, at + 2);
        word.to_mut().push_str(&more);
        at = end;
    }
    if text[at..].starts_with('[') && !word.ends_with('?') {
        return Err(ConditionError::new(
            "A path cannot pick one item of a list; test the items with any?, all? or none?.",
            at,
        ));
    }
    if word.ends_with('?')
        && let Some((path, operator)) = split_operator(&word)
        && !is_reserved(&path)
    {
        let operator_at = start + path.len() + 1;
        tokens.push((Token::Word(path), start));
        tokens.push((Token::Word(operator), operator_at));
        return Ok(at);
    }
    let token = if word.eq_ignore_ascii_case("and") {
        Token::Symbol("&&")
    } else if word.eq_ignore_ascii_case("or") {
        Token::Symbol("||")
    } else if word.eq_ignore_ascii_case("not") {
        Token::Symbol("!")
    } else {
        Token::Word(word)
    };
    tokens.push((token, start));
    Ok(at)
}

/// The letters, digits, `_` and inner dots that stand at a place, with a `?` that ends them, and
/// where they end.
fn plain_word(text: &str, start: usize) -> (Cow<'_, str>, usize) {
    let mut chars = text[start..].char_indices().peekable();
    let mut end = text.len();
    while let Some((offset, c)) = chars.next() {
        let starts_name = |c: char| c.is_alphabetic() || c == '_';
        let inside = c.is_alphanumeric()
            || c == '_'
            || c == '.' && chars.peek().is_some_and(|(_, next)| starts_name(*next));
        if !inside {
            end = start + offset + usize::from(c == '?');
            break;
        }
    }
    (text[start..end].into(), end)
}

/// `order.note.nil?` as its path and its operator.
fn split_operator<'a>(word: &Cow<'a, str>) -> Option<(Cow<'a, str>, Cow<'a, str>)> {
    match word {
        Cow::Borrowed(word) => {
            let (path, operator) = word.rsplit_once('.')?;
            Some((path.into(), operator.into()))
        }
        Cow::Owned(word) => {
            let (path, operator) = word.rsplit_once('.')?;
            Some((path.to_string().into(), operator.to_string().into()))
        }
    }
}

/// True for the words that join tests, which therefore are no paths.
pub(super) fn is_reserved(word: &str) -> bool {
    ["and", "or", "not"]
        .iter()
        .any(|reserved| word.eq_ignore_ascii_case(reserved))
}

struct Parser<'a> {
    tokens: Vec<(Token<'a>, usize)>,
    next: usize,
    depth: usize,
    end: usize,
}

/// What can stand on the right: a value, or nothing at all.
enum Right {
    Value(Operand),
    Nil,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.next).map(|(token, _)| token)
    }

    fn take(&mut self) -> Option<Token<'a>> {
        let token = self.peek().cloned();
        self.next += 1;
        token
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(_, at)| *at)
    }

    fn error(&self, message: impl Into<String>) -> ConditionError {
        ConditionError::new(message, self.at())
    }

    fn accept(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Symbol(found)) if *found == symbol);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<(), ConditionError> {
        if self.accept(symbol) {
            Ok(())
        } else {
            Err(self.error(format!("A {symbol} is missing here; add it.")))
        }
    }

    /// Tests joined by one operator.
    fn level(&mut self) -> Result<Expr, ConditionError> {
        self.depth += 1;
        if self.depth > MAX_PARENTHESES {
            return Err(self.error(TOO_DEEP));
        }
        let mut parts = vec![self.unit()?];
        let mut joined_by = None;
        while let Some(Token::Symbol(symbol @ ("&&" | "||"))) = self.peek() {
            let symbol = *symbol;
            if joined_by.is_some_and(|before| before != symbol) {
                return Err(self.error(
                    "&& and || stand at one level here; put parentheses round what belongs together.",
                ));
            }
            joined_by = Some(symbol);
            self.next += 1;
            parts.push(self.unit()?);
        }
        self.depth -= 1;
        Ok(match (joined_by, parts.len()) {
            (Some("||"), _) => Expr::Or(parts),
            (Some(_), _) => Expr::And(parts),
            (None, _) => parts.swap_remove(0),
        })
    }

    fn unit(&mut self) -> Result<Expr, ConditionError> {
        let mut negations = 0_usize;
        while self.accept("!") {
            negations += 1;
        }
        self.depth += negations;
        if self.depth > MAX_PARENTHESES {
            return Err(self.error("This condition nests too deeply; say it without not."));
        }
        let mut expr = if self.accept("(") {
            let inner = self.level()?;
            self.expect(")")?;
            inner
        } else {
            self.test()?
        };
        self.depth -= negations;
        for _ in 0..negations {
            expr = Expr::Not(Box::new(expr));
        }
        Ok(expr)
    }

    fn test(&mut self) -> Result<Expr, ConditionError> {
        // `nil?(order.note)`
        if let Some(Token::Word(word)) = self.peek()
            && let Some(op) = Op::from_flow(word).filter(|op| op.is_unary())
        {
            self.next += 1;
            let parenthesis = self.accept("(");
            let path = self.path()?;
            if parenthesis {
                self.expect(")")?;
            }
            return Ok(compare(path, op, None));
        }
        // `500 < order.totalPrice`
        if matches!(self.peek(), Some(Token::String(_) | Token::Number(_))) {
            let Right::Value(value) = self.value()? else {
                return Err(self.error("A path is missing here; add it."));
            };
            let op = match self.take() {
                Some(Token::Symbol("==")) => Op::Eq,
                Some(Token::Symbol("!=")) => Op::Ne,
                Some(Token::Symbol(">")) => Op::Lt,
                Some(Token::Symbol(">=")) => Op::Le,
                Some(Token::Symbol("<")) => Op::Gt,
                Some(Token::Symbol("<=")) => Op::Ge,
                _ => {
                    self.next -= 1;
                    return Err(self.error("Start a test with a path, for example order.name."));
                }
            };
            let path = self.path()?;
            return Ok(compare(path, op, Some(value)));
        }
        let path = self.path()?;
        match self.peek().cloned() {
            Some(Token::Word(word)) => {
                if let Some(quantifier) =
                    Quantifier::from_flow(&word).filter(|_| word.ends_with('?'))
                {
                    self.next += 1;
                    return self.list(path, quantifier);
                }
                let Some(op) = Op::from_flow(&word) else {
                    return Err(self.error(format!(
                        "{word} is no operator of a condition; use ==, !=, >, <, include?, in?, nil? and their like."
                    )));
                };
                self.next += 1;
                if op.is_unary() {
                    Ok(compare(path, op, None))
                } else {
                    self.binary(path, op)
                }
            }
            Some(Token::Symbol(symbol)) if Op::from_flow(symbol).is_some() => {
                self.next += 1;
                self.binary(path, Op::from_flow(symbol).unwrap_or(Op::Eq))
            }
            // A bare path asks whether a boolean holds.
            _ => Ok(compare(path, Op::Eq, Some(Operand::Boolean(true)))),
        }
    }

    fn binary(&mut self, path: String, op: Op) -> Result<Expr, ConditionError> {
        let at = self.at();
        match (self.value()?, op) {
            (Right::Value(value), _) => Ok(compare(path, op, Some(value))),
            (Right::Nil, Op::Eq) => Ok(compare(path, Op::Nil, None)),
            (Right::Nil, Op::Ne) => Ok(compare(path, Op::NotNil, None)),
            (Right::Nil, _) => Err(ConditionError::new(
                "Nothing compares with nil; ask nil? or not_nil?.",
                at,
            )),
        }
    }

    fn list(&mut self, path: String, quantifier: Quantifier) -> Result<Expr, ConditionError> {
        self.expect("|")?;
        let item = self.path()?;
        if item.contains('.') {
            return Err(self.error("The name of a list item has no dots; shorten it."));
        }
        self.expect("|")?;
        if !self.accept("(") {
            return Err(self.error(format!(
                "Put parentheses round the test of each item, for example |{item}| ({item} == 'vip')."
            )));
        }
        let body = self.level()?;
        self.expect(")")?;
        Ok(Expr::List {
            quantifier,
            path,
            item,
            body: Box::new(body),
        })
    }

    fn path(&mut self) -> Result<String, ConditionError> {
        match self.peek() {
            Some(Token::Word(word)) if !word.ends_with('?') => {
                let word = word.to_string();
                self.next += 1;
                Ok(word)
            }
            Some(Token::Word(word)) => Err(self.error(format!(
                "{word} needs a path before it, for example order.note {word}."
            ))),
            _ => Err(self.error("A path is missing here; add one, for example order.totalPrice.")),
        }
    }

    fn value(&mut self) -> Result<Right, ConditionError> {
        let at = self.at();
        let value = match self.take() {
            Some(Token::String(text)) => Operand::String(text.into_owned()),
            Some(Token::Number(text)) => Operand::Number(text.to_string()),
            Some(Token::Symbol("[")) => return self.bracketed(at),
            Some(Token::Word(word)) if !word.ends_with('?') => {
                let is = |other: &str| word.eq_ignore_ascii_case(other);
                if is("true") {
                    Operand::Boolean(true)
                } else if is("false") {
                    Operand::Boolean(false)
                } else if is("nil") || is("null") {
                    return Ok(Right::Nil);
                } else if is_enum_word(&word) {
                    Operand::Word(word.into_owned())
                } else {
                    Operand::Path(word.into_owned())
                }
            }
            _ => {
                return Err(ConditionError::new(
                    "A value is missing here; add a number, a text in quotes or a path.",
                    at,
                ));
            }
        };
        Ok(Right::Value(value))
    }

    /// `['a', 'b']` means `'a,b'`.
    fn bracketed(&mut self, at: usize) -> Result<Right, ConditionError> {
        let mut parts = Vec::new();
        loop {
            match self.take() {
                Some(Token::Symbol("]")) => break,
                Some(Token::Symbol(",")) => {}
                Some(Token::String(text) | Token::Word(text)) => parts.push(text),
                Some(Token::Number(text)) => parts.push(text.into()),
                _ => {
                    return Err(ConditionError::new(
                        "This list of values is not closed; add a ].",
                        at,
                    ));
                }
            }
        }
        Ok(Right::Value(Operand::String(parts.join(","))))
    }
}

/// True for a word that stands for a path on the right side of a comparison.
pub(super) fn is_right_path(word: &str) -> bool {
    let literal = ["true", "false", "nil", "null"]
        .iter()
        .any(|literal| word.eq_ignore_ascii_case(literal));
    !literal && !is_enum_word(word) && !is_reserved(word)
}

/// True for a bare enum value such as `PARTIALLY_PAID`.
fn is_enum_word(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase())
        && word
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn compare(path: String, op: Op, value: Option<Operand>) -> Expr {
    Expr::Compare { path, op, value }
}
