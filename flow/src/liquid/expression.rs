//! The small language inside `{{ … }}` and `{% … %}`: terms, filters and comparisons.

use serde_json::{Number, Value};

use crate::decimal;

/// A literal or a variable.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Term {
    Literal(Value),
    /// `empty` or `blank`: equal to an empty text, an empty list and nothing.
    Empty,
    Path(Vec<String>),
    /// `(1..5)`
    Range(Box<Term>, Box<Term>),
}

/// A term that goes through filters.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Filtered {
    pub term: Term,
    pub filters: Vec<Filter>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Filter {
    pub name: String,
    pub arguments: Vec<Term>,
}

/// What `if` asks. Liquid reads `and` and `or` from right to left, without precedence.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Question {
    pub test: Comparison,
    /// True for `and`, false for `or`, with the rest of the question.
    pub rest: Option<(bool, Box<Question>)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Comparison {
    pub left: Term,
    pub right: Option<(&'static str, Term)>,
}

/// A `for` tag without its body.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Loop {
    pub item: String,
    pub list: Term,
    pub limit: Option<Term>,
    pub offset: Option<Term>,
    pub reversed: bool,
}

/// The longest chain of `and` and `or`; longer ones do not read.
const MAX_JOINS: usize = 64;

const OPERATORS: [&str; 8] = ["==", "!=", "<>", ">=", "<=", ">", "<", "contains"];

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Literal(Value),
    Symbol(&'static str),
}

/// Reads tokens one after another. A method gives `None` where the text is not what it expects.
pub(super) struct Cursor {
    tokens: Vec<Token>,
    next: usize,
}

impl Cursor {
    pub(super) fn new(text: &str) -> Option<Cursor> {
        Some(Cursor {
            tokens: tokenize(text)?,
            next: 0,
        })
    }

    pub(super) fn at_end(&self) -> bool {
        self.next >= self.tokens.len()
    }

    fn accept(&mut self, symbol: &str) -> bool {
        let found = matches!(self.tokens.get(self.next), Some(Token::Symbol(s)) if *s == symbol);
        self.next += usize::from(found);
        found
    }

    fn accept_word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.get(self.next), Some(Token::Word(w)) if w == word);
        self.next += usize::from(found);
        found
    }

    fn word(&mut self) -> Option<String> {
        let Some(Token::Word(word)) = self.tokens.get(self.next) else {
            return None;
        };
        self.next += 1;
        Some(word.clone())
    }

    pub(super) fn term(&mut self) -> Option<Term> {
        let token = self.tokens.get(self.next)?.clone();
        self.next += 1;
        let mut path = match token {
            Token::Literal(value) => return Some(Term::Literal(value)),
            Token::Symbol("(") => {
                let low = self.term_in_range()?;
                let high = self.accept("..").then(|| self.term_in_range())??;
                return self
                    .accept(")")
                    .then(|| Term::Range(Box::new(low), Box::new(high)));
            }
            Token::Symbol(_) => return None,
            Token::Word(word) => match word.as_str() {
                "true" => return Some(Term::Literal(Value::Bool(true))),
                "false" => return Some(Term::Literal(Value::Bool(false))),
                "nil" | "null" => return Some(Term::Literal(Value::Null)),
                "empty" | "blank" => return Some(Term::Empty),
                _ => vec![word],
            },
        };
        loop {
            if self.accept(".") {
                path.push(self.word()?);
            } else if self.accept("[") {
                let Some(Token::Literal(index)) = self.tokens.get(self.next).cloned() else {
                    return None;
                };
                self.next += 1;
                path.push(match index {
                    Value::String(name) => name,
                    other => other.to_string(),
                });
                if !self.accept("]") {
                    return None;
                }
            } else {
                return Some(Term::Path(path));
            }
        }
    }

    /// A bound of a range is a number or a path, never another range.
    fn term_in_range(&mut self) -> Option<Term> {
        if matches!(self.tokens.get(self.next), Some(Token::Symbol("("))) {
            return None;
        }
        self.term()
    }

    pub(super) fn filtered(&mut self) -> Option<Filtered> {
        let term = self.term()?;
        let mut filters = Vec::new();
        while self.accept("|") {
            let name = self.word()?;
            let mut arguments = Vec::new();
            if self.accept(":") {
                loop {
                    arguments.push(self.term()?);
                    // `allow_false: true`: the name goes, the value stays.
                    if self.accept(":") {
                        arguments.pop();
                        arguments.push(self.term()?);
                    }
                    if !self.accept(",") {
                        break;
                    }
                }
            }
            filters.push(Filter { name, arguments });
        }
        Some(Filtered { term, filters })
    }

    pub(super) fn assignment(&mut self) -> Option<(String, Filtered)> {
        let name = self.word()?;
        if !self.accept("=") {
            return None;
        }
        Some((name, self.filtered()?))
    }

    /// Terms between commas or `or`, as `when` takes them.
    pub(super) fn terms(&mut self) -> Option<Vec<Term>> {
        let mut terms = vec![self.term()?];
        while self.accept(",") || self.accept_word("or") {
            terms.push(self.term()?);
        }
        Some(terms)
    }

    pub(super) fn question(&mut self) -> Option<Question> {
        let mut parts = vec![(true, self.comparison()?)];
        loop {
            let and = self.accept_word("and");
            if !and && !self.accept_word("or") {
                break;
            }
            parts.push((and, self.comparison()?));
            if parts.len() > MAX_JOINS {
                return None;
            }
        }
        let mut rest: Option<(bool, Box<Question>)> = None;
        for (joined_by, test) in parts.into_iter().rev() {
            rest = Some((joined_by, Box::new(Question { test, rest })));
        }
        rest.map(|(_, question)| *question)
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let left = self.term()?;
        let operator = OPERATORS.into_iter().find(|operator| match *operator {
            "contains" => self.accept_word("contains"),
            symbol => self.accept(symbol),
        });
        let right = match operator {
            Some(operator) => Some((operator, self.term()?)),
            None => None,
        };
        Some(Comparison { left, right })
    }

    pub(super) fn for_loop(&mut self) -> Option<Loop> {
        let item = self.word()?;
        if !self.accept_word("in") {
            return None;
        }
        let list = self.term()?;
        let mut header = Loop {
            item,
            list,
            limit: None,
            offset: None,
            reversed: false,
        };
        while let Some(word) = self.word() {
            match word.as_str() {
                "reversed" => header.reversed = true,
                "limit" if self.accept(":") => header.limit = Some(self.term()?),
                "offset" if self.accept(":") => header.offset = Some(self.term()?),
                _ => return None,
            }
            self.accept(",");
        }
        Some(header)
    }

    pub(super) fn name(&mut self) -> Option<String> {
        match self.tokens.get(self.next)?.clone() {
            Token::Word(name) | Token::Literal(Value::String(name)) => {
                self.next += 1;
                Some(name)
            }
            _ => None,
        }
    }
}

/// The symbol that a text starts with.
fn symbol(rest: &str) -> Option<&'static str> {
    Some(match rest.as_bytes() {
        [b'=', b'=', ..] => "==",
        [b'!', b'=', ..] => "!=",
        [b'<', b'>', ..] => "<>",
        [b'>', b'=', ..] => ">=",
        [b'<', b'=', ..] => "<=",
        [b'.', b'.', ..] => "..",
        [b'>', ..] => ">",
        [b'<', ..] => "<",
        [b'=', ..] => "=",
        [b'|', ..] => "|",
        [b':', ..] => ":",
        [b',', ..] => ",",
        [b'.', ..] => ".",
        [b'[', ..] => "[",
        [b']', ..] => "]",
        [b'(', ..] => "(",
        [b')', ..] => ")",
        _ => return None,
    })
}

fn tokenize(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = if c.is_whitespace() {
            c.len_utf8()
        } else if c == '\'' || c == '"' {
            // Liquid strings have no escapes.
            let inner = &rest[1..];
            let end = inner.find(c)?;
            tokens.push(Token::Literal(Value::String(inner[..end].to_string())));
            end + 2
        } else if let Some((value, length)) = number(rest) {
            tokens.push(Token::Literal(value));
            length
        } else if c.is_alphabetic() || c == '_' {
            let length = rest
                .find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-'))
                .unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..length].to_string()));
            length + usize::from(rest[length..].starts_with('?'))
        } else {
            let symbol = symbol(rest)?;
            tokens.push(Token::Symbol(symbol));
            symbol.len()
        };
        rest = &rest[length..];
    }
    Some(tokens)
}

fn number(text: &str) -> Option<(Value, usize)> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let sign = usize::from(text.starts_with('-'));
    let whole = digits(&text[sign..]);
    if whole == 0 {
        return None;
    }
    let mut length = sign + whole;
    // `1..5` is a range, not a fraction.
    let fraction = text[length..].strip_prefix('.').map_or(0, digits);
    if fraction > 0 {
        length += 1 + fraction;
    }
    let literal = &text[..length];
    let value = match literal.parse::<i64>() {
        Ok(whole) => Value::from(whole),
        Err(_) => Value::Number(Number::from_f64(decimal::read(literal)?)?),
    };
    Some((value, length))
}
