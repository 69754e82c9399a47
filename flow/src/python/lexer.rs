//! Cutting program text into logical lines and those into tokens, as it arrives.

use std::borrow::Cow;

/// The longest logical line that is read, in bytes; a call that runs on beyond it is cut there.
const MAX_LINE: usize = 256 * 1024;

/// Lines are seldom longer than this, in bytes.
const USUAL_LINE: usize = 120;

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

/// The bytes that [`Lines::plain`] takes.
static PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        plain[byte as usize] =
            byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'_' | b'.' | b',' | b'=');
        byte += 1;
    }
    plain
};

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
        let bytes = text.as_bytes();
        let run = bytes[..room.min(bytes.len())]
            .iter()
            .position(|byte| !PLAIN[usize::from(*byte)])
            .unwrap_or(room.min(bytes.len()));
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
        let mut text = std::mem::take(&mut self.current);
        let count = text.bytes().filter(|byte| *byte == b'\n').count();
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        text.truncate(text.trim_end().len());
        out.push(Line {
            number: self.before.saturating_add(1),
            text,
            closed,
        });
        *self = Lines {
            // Most lines fit into it, and need not grow byte by byte.
            current: String::with_capacity(USUAL_LINE),
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

/// One token, of the text it was cut from where that stands there as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Word(&'a str),
    Text(Cow<'a, str>),
    /// Digits as written, with sign.
    Number(Cow<'a, str>),
    Symbol(&'static str),
}

/// The symbol that a text starts with.
fn symbol(rest: &str) -> Option<&'static str> {
    Some(match rest.as_bytes() {
        [b'=', b'=', ..] => "==",
        [b'!', b'=', ..] => "!=",
        [b'>', b'=', ..] => ">=",
        [b'<', b'=', ..] => "<=",
        [b'&', b'&', ..] => "&&",
        [b'|', b'|', ..] => "||",
        [b'(', ..] => "(",
        [b')', ..] => ")",
        [b'[', ..] => "[",
        [b']', ..] => "]",
        [b'{', ..] => "{",
        [b'}', ..] => "}",
        [b',', ..] => ",",
        [b':', ..] => ":",
        [b'=', ..] => "=",
        [b'.', ..] => ".",
        [b'<', ..] => "<",
        [b'>', ..] => ">",
        [b'@', ..] => "@",
        [b'!', ..] => "!",
        _ => return None,
    })
}

/// Cuts one logical line (its indentation left out) into tokens; the sentence says what is wrong.
pub(super) fn tokens(text: &str) -> Result<Vec<Token<'_>>, String> {
    let mut out: Vec<Token> = Vec::with_capacity(text.len() / 4 + 1);
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
                Some(Token::Text(before)) => before.to_mut().push_str(&value),
                _ => out.push(Token::Text(value)),
            }
            at += length;
        } else if let Some(length) = number(rest, out.last()) {
            let digits = &rest[..length];
            out.push(Token::Number(if digits.contains('_') {
                digits.replace('_', "").into()
            } else {
                digits.into()
            }));
            at += length;
        } else if c.is_alphabetic() || c == '_' {
            let length = word_length(rest);
            out.push(Token::Word(&rest[..length]));
            at += length;
        } else if let Some(symbol) = symbol(rest) {
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

/// How many bytes of letters, digits and `_` a text starts with.
fn word_length(text: &str) -> usize {
    let plain = text
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count();
    let rest = &text[plain..];
    if rest.bytes().next().is_none_or(|byte| byte.is_ascii()) {
        return plain;
    }
    let further = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
    plain + further.unwrap_or(rest.len())
}

/// The words that a value may follow.
const KEYWORDS: [&str; 7] = ["if", "elif", "and", "or", "not", "in", "is"];

fn number(rest: &str, before: Option<&Token>) -> Option<usize> {
    let digits = |text: &str| {
        text.bytes()
            .take_while(|b| b.is_ascii_digit() || *b == b'_')
            .count()
    };
    if !rest.starts_with(|c: char| c.is_ascii_digit() || c == '-') {
        return None;
    }
    // A sign belongs to a number only where no value stands before it.
    let after_value = match before {
        Some(Token::Word(word)) => !KEYWORDS.contains(word),
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
fn quoted(rest: &str, quote: char) -> Result<(Cow<'_, str>, usize), String> {
    let (long, short) = if quote == '"' {
        ("\"\"\"", "\"")
    } else {
        ("'''", "'")
    };
    let (open, close) = if rest.starts_with(long) {
        (3, long)
    } else {
        (1, short)
    };
    // Most texts hold no escape and stand in the source as they are.
    if open == 1
        && let Some(end) = rest[1..].find([quote, '\\'])
        && rest[1 + end..].starts_with(quote)
    {
        return Ok((rest[1..=end].into(), end + 2));
    }
    let mut value = String::new();
    let mut at = open;
    loop {
        if rest[at..].starts_with(close) {
            return Ok((value.into(), at + close.len()));
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
    quote_to(text, &mut out);
    out
}

/// Writes a text as it is written in a program.
pub(super) fn quote_to(text: &str, out: &mut String) {
    out.push('"');
    let plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    if text.bytes().all(plain) {
        out.push_str(text);
    } else {
        text.chars().for_each(|c| escape_to(c, out));
    }
    out.push('"');
}

fn escape_to(c: char, out: &mut String) {
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

/// True for a name that can stand in a program: a letter or `_`, then letters, digits, `_`.
pub(super) fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_') && word_length(text) == text.len()
}

/// True for a dotted path such as `order.customer.email`.
pub(super) fn is_path(text: &str) -> bool {
    !text.is_empty() && text.split('.').all(is_identifier)
}

/// The words that mean something of their own where they stand alone.
const RESERVED: [&str; 24] = [
    "and", "or", "not", "in", "is", "if", "elif", "else", "for", "while", "with", "def", "return",
    "pass", "break", "continue", "lambda", "true", "false", "none", "null", "nil", "task", "empty",
];

/// True for a path none of whose names could be read as anything but a name, here or in a condition.
pub(super) fn is_plain_path(text: &str) -> bool {
    let plain = |name: &str| {
        is_identifier(name)
            && !RESERVED
                .iter()
                .any(|word| word.len() == name.len() && word.eq_ignore_ascii_case(name))
    };
    !text.is_empty() && text.split('.').all(plain)
}
