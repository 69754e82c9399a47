//! Cutting program text into logical lines and those into tokens, as it arrives.

/// The longest logical line that is read, in bytes; a call that runs on beyond it is cut there.
const MAX_LINE: usize = 256 * 1024;

/// How many physical lines one logical line may take.
const MAX_LINE_BREAKS: usize = 200;

/// One logical line: brackets may carry it over several physical ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// The physical line it starts on, from 1.
    pub number: u32,
    pub text: String,
    /// False when the text ended before a bracket or a quote was closed.
    pub closed: bool,
}

/// Cuts a stream of text into logical lines. Whatever the chunks, the lines are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines {
    current: String,
    /// Physical lines finished before `current` began.
    before: u32,
    breaks: usize,
    depth: usize,
    /// The quote a string began with, when inside one.
    quote: Option<char>,
    /// Inside `"""…"""`.
    triple: bool,
    /// How many quotes in a row were just seen, of the current kind.
    run: usize,
    escaped: bool,
    comment: bool,
}

impl Lines {
    /// Takes one character; returns lines that are complete now.
    pub(super) fn push(&mut self, c: char, out: &mut Vec<Line>) {
        if c == '\r' {
            return;
        }
        self.current.push(c);
        self.step(c);
        if c == '\n' && self.at_rest() {
            self.emit(true, out);
        } else if c == '\n' {
            self.breaks += 1;
            if self.breaks > MAX_LINE_BREAKS {
                self.give_up(out);
            }
        } else if self.current.len() > MAX_LINE {
            self.give_up(out);
        }
    }

    /// Takes the letters, digits and spaces that a text starts with, which end nothing and begin
    /// nothing, at most `limit` bytes of them; returns how many. As [`Lines::push`], but quicker.
    pub(super) fn plain(&mut self, text: &str, limit: usize) -> usize {
        let room = limit.min(MAX_LINE.saturating_sub(self.current.len()));
        let run = text
            .bytes()
            .take(room)
            .take_while(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'_' | b'.' | b',' | b'=')
            })
            .count();
        if run > 0 {
            self.current.push_str(&text[..run]);
            if !self.comment && self.quote.is_some() {
                self.escaped = false;
                self.run = 0;
            }
        }
        run
    }

    /// The text is over: what is left becomes lines.
    pub(super) fn finish(&mut self, out: &mut Vec<Line>) {
        while !self.current.is_empty() {
            if self.at_rest() || self.breaks == 0 {
                let closed = self.at_rest();
                self.emit(closed, out);
            } else {
                self.give_up(out);
            }
        }
    }

    fn at_rest(&self) -> bool {
        self.depth == 0 && !self.triple
    }

    fn step(&mut self, c: char) {
        if self.comment {
            self.comment = c != '\n';
            return;
        }
        if let Some(quote) = self.quote {
            if self.escaped {
                self.escaped = false;
            } else if c == '\\' {
                self.escaped = true;
                self.run = 0;
            } else if c == quote {
                self.run += 1;
                if self.triple {
                    if self.run == 3 {
                        self.quote = None;
                        self.triple = false;
                        self.run = 0;
                    }
                } else {
                    self.quote = None;
                }
            } else {
                self.run = 0;
                if c == '\n' && !self.triple {
                    // A text without its closing quote ends with the line.
                    self.quote = None;
                    self.depth = 0;
                }
            }
            return;
        }
        match c {
            '"' | '\'' => {
                let empty_before = self.ends_with_empty_text(c);
                self.quote = Some(c);
                self.escaped = false;
                self.run = 0;
                self.triple = empty_before;
            }
            '#' => self.comment = true,
            '(' | '[' | '{' => self.depth += 1,
            ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    /// True when the two characters before the quote just pushed are an empty text of that quote.
    fn ends_with_empty_text(&self, quote: char) -> bool {
        let mut back = self.current.chars().rev().skip(1);
        let two = back.next() == Some(quote) && back.next() == Some(quote);
        // `"a""` is a text that was closed, not the start of a long one.
        two && !matches!(back.next(), Some(c) if c.is_alphanumeric() || c == '\\')
    }

    fn emit(&mut self, closed: bool, out: &mut Vec<Line>) {
        let text = std::mem::take(&mut self.current);
        let count = u32::try_from(text.matches('\n').count()).unwrap_or(u32::MAX);
        out.push(Line {
            number: self.before.saturating_add(1),
            text: text.trim_end().to_string(),
            closed,
        });
        *self = Lines {
            before: self.before.saturating_add(count),
            ..Lines::default()
        };
    }

    /// A bracket stays open too long: the first physical line stands alone, the rest is read anew.
    fn give_up(&mut self, out: &mut Vec<Line>) {
        let text = std::mem::take(&mut self.current);
        let (first, rest, finished) = match text.split_once('\n') {
            Some((first, rest)) => (first.to_string(), rest.to_string(), 1),
            None => (text, String::new(), 0),
        };
        let number = self.before.saturating_add(1);
        out.push(Line {
            number,
            text: first.trim_end().to_string(),
            closed: false,
        });
        *self = Lines {
            before: self.before.saturating_add(finished),
            ..Lines::default()
        };
        for c in rest.chars() {
            self.push(c, out);
        }
    }
}

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    Text(String),
    /// Digits as written, with sign.
    Number(String),
    Symbol(&'static str),
}

const SYMBOLS: [&str; 18] = [
    "==", "!=", ">=", "<=", "&&", "||", "(", ")", "[", "]", "{", "}", ",", ":", "=", ".", "<", ">",
];

/// Cuts one logical line (its indentation left out) into tokens; the sentence says what is wrong.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut out: Vec<Token> = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if c.is_whitespace() || c == '\\' && rest[1..].starts_with('\n') {
            at += c.len_utf8();
        } else if c == '#' {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if c == '"' || c == '\'' {
            let (value, length) = quoted(rest, c)?;
            // Two texts in a row are one, as in Python.
            match out.last_mut() {
                Some(Token::Text(before)) => before.push_str(&value),
                _ => out.push(Token::Text(value)),
            }
            at += length;
        } else if let Some(length) = number(rest, out.last()) {
            out.push(Token::Number(rest[..length].replace('_', "")));
            at += length;
        } else if c.is_alphabetic() || c == '_' {
            let length = rest
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            out.push(Token::Word(rest[..length].to_string()));
            at += length;
        } else if c == '@' || c == '!' && !rest.starts_with("!=") {
            out.push(Token::Symbol(if c == '@' { "@" } else { "!" }));
            at += 1;
        } else if let Some(symbol) = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
            out.push(Token::Symbol(symbol));
            at += symbol.len();
        } else {
            return Err(format!(
                "The character {c} has no meaning here; remove it or put the text in quotes."
            ));
        }
    }
    Ok(out)
}

/// The words that a value may follow.
const KEYWORDS: [&str; 7] = ["if", "elif", "and", "or", "not", "in", "is"];

fn number(rest: &str, before: Option<&Token>) -> Option<usize> {
    let digits = |text: &str| {
        text.bytes()
            .take_while(|b| b.is_ascii_digit() || *b == b'_')
            .count()
    };
    // A sign belongs to a number only where no value stands before it.
    let after_value = match before {
        Some(Token::Word(word)) => !KEYWORDS.contains(&word.as_str()),
        Some(Token::Number(_) | Token::Text(_)) => true,
        _ => false,
    };
    let sign = usize::from(rest.starts_with('-') && !after_value);
    if !rest[sign..].starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let mut length = sign + digits(&rest[sign..]);
    if let Some(fraction) = rest[length..].strip_prefix('.')
        && fraction.starts_with(|c: char| c.is_ascii_digit())
    {
        length += 1 + digits(fraction);
    }
    Some(length)
}

/// Reads a quoted text at the start; gives its value and its length in the source.
fn quoted(rest: &str, quote: char) -> Result<(String, usize), String> {
    let long: String = std::iter::repeat_n(quote, 3).collect();
    let (open, close) = if rest.starts_with(&long) {
        (3, long.as_str())
    } else {
        (1, &long[..1])
    };
    let mut value = String::new();
    let mut at = open;
    loop {
        if rest[at..].starts_with(close) {
            return Ok((value, at + close.len()));
        }
        let Some(c) = rest[at..].chars().next() else {
            return Err("A text has no closing quote; add it.".to_string());
        };
        at += c.len_utf8();
        if c != '\\' {
            value.push(c);
            continue;
        }
        let Some(escape) = rest[at..].chars().next() else {
            return Err("A text has no closing quote; add it.".to_string());
        };
        at += escape.len_utf8();
        match escape {
            'n' => value.push('\n'),
            't' => value.push('\t'),
            'r' => value.push('\r'),
            '0' => value.push('\0'),
            '\n' => {}
            'u' => match unicode(&rest[at..]) {
                Some(c) => {
                    value.push(c);
                    at += 4;
                }
                None => value.push_str("\\u"),
            },
            '\\' | '"' | '\'' => value.push(escape),
            // As in Python, an escape that means nothing stays as it is.
            other => {
                value.push('\\');
                value.push(other);
            }
        }
    }
}

fn unicode(rest: &str) -> Option<char> {
    let digits = rest.get(..4)?;
    u32::from_str_radix(digits, 16)
        .ok()
        .and_then(char::from_u32)
}

/// A text as it is written in a program.
pub(super) fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() && u32::from(c) < 0x1_0000 => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// True for a name that can stand in a program: a letter or `_`, then letters, digits, `_`.
pub(super) fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// True for a dotted path such as `order.customer.email`.
pub(super) fn is_path(text: &str) -> bool {
    !text.is_empty() && text.split('.').all(is_identifier)
}
