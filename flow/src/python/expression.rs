//! Expressions of the program text: values, calls and tests, as a small tree.

use super::lexer::Token;

/// How deep brackets, `not` and the like may nest.
const MAX_DEPTH: usize = 56;

/// An expression as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Number(String),
    Boolean(bool),
    None,
    /// A dotted path or a bare name.
    Path(String),
    List(Vec<Value>),
    Dict(Vec<(Value, Value)>),
    Call {
        callee: String,
        arguments: Vec<Value>,
        named: Vec<(String, Value)>,
    },
    Compare(Box<Value>, Comparison, Box<Value>),
    Not(Box<Value>),
    And(Vec<Value>),
    Or(Vec<Value>),
    /// `BODY for NAME in LIST`, inside `any(…)`, `all(…)` or `none(…)`.
    Each {
        body: Box<Value>,
        item: String,
        list: Box<Value>,
    },
    /// Something in parentheses.
    Group(Box<Value>),
}

/// An operator between two values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
    In,
    NotIn,
    Is,
    IsNot,
}

/// Reads tokens into expressions.
pub(super) struct Reader<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(tokens: &'a [Token<'a>]) -> Reader<'a> {
        Reader {
            tokens,
            at: 0,
            depth: 0,
        }
    }

    pub(super) fn peek(&self) -> Option<&'a Token<'a>> {
        self.tokens.get(self.at)
    }

    fn peek_at(&self, ahead: usize) -> Option<&'a Token<'a>> {
        self.tokens.get(self.at + ahead)
    }

    pub(super) fn done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// The tokens that are left.
    pub(super) fn rest(&self) -> &'a [Token<'a>] {
        self.tokens.get(self.at..).unwrap_or_default()
    }

    pub(super) fn accept(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Symbol(found)) if *found == symbol);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, symbol: &str) -> Result<(), String> {
        if self.accept(symbol) {
            Ok(())
        } else {
            Err(format!("A {symbol} is missing in this line; add it."))
        }
    }

    pub(super) fn word(&mut self) -> Option<&'a str> {
        match self.peek() {
            Some(Token::Word(word)) => {
                self.at += 1;
                Some(word)
            }
            _ => None,
        }
    }

    fn keyword(&mut self, keyword: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Word(word)) if *word == keyword)
            && !matches!(self.peek_at(1), Some(Token::Symbol(".")));
        self.at += usize::from(found);
        found
    }

    fn deeper(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("This nests too deeply; split it into several conditions.".to_string());
        }
        Ok(())
    }

    /// A whole expression.
    pub(super) fn expression(&mut self) -> Result<Value, String> {
        self.deeper()?;
        let first = self.conjunction()?;
        let value = if self.keyword("or") || self.accept("||") {
            let mut parts = vec![first, self.conjunction()?];
            while self.keyword("or") || self.accept("||") {
                parts.push(self.conjunction()?);
            }
            Value::Or(parts)
        } else {
            first
        };
        self.depth -= 1;
        Ok(value)
    }

    fn conjunction(&mut self) -> Result<Value, String> {
        let first = self.negation()?;
        if !(self.keyword("and") || self.accept("&&")) {
            return Ok(first);
        }
        let mut parts = vec![first, self.negation()?];
        while self.keyword("and") || self.accept("&&") {
            parts.push(self.negation()?);
        }
        Ok(Value::And(parts))
    }

    fn negation(&mut self) -> Result<Value, String> {
        if self.keyword("not") || self.accept("!") {
            self.deeper()?;
            let inner = self.negation()?;
            self.depth -= 1;
            return Ok(Value::Not(Box::new(inner)));
        }
        let left = self.operand()?;
        let Some(comparison) = self.comparison() else {
            return Ok(left);
        };
        let right = self.operand()?;
        Ok(Value::Compare(Box::new(left), comparison, Box::new(right)))
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let found = match self.peek()? {
            Token::Symbol("==" | "=") => Comparison::Eq,
            Token::Symbol("!=") => Comparison::Ne,
            Token::Symbol(">") => Comparison::Gt,
            Token::Symbol(">=") => Comparison::Ge,
            Token::Symbol("<") => Comparison::Lt,
            Token::Symbol("<=") => Comparison::Le,
            Token::Word("in") => Comparison::In,
            Token::Word("is") => {
                self.at += 1;
                return Some(if self.keyword("not") {
                    Comparison::IsNot
                } else {
                    Comparison::Is
                });
            }
            Token::Word("not") => {
                let next_in = matches!(self.peek_at(1), Some(Token::Word("in")));
                if !next_in {
                    return None;
                }
                self.at += 1;
                Comparison::NotIn
            }
            _ => return None,
        };
        self.at += 1;
        Some(found)
    }

    /// A value without operators round it.
    pub(super) fn operand(&mut self) -> Result<Value, String> {
        self.deeper()?;
        let value = match self.peek() {
            Some(Token::Text(text)) => {
                self.at += 1;
                Value::Text(text.to_string())
            }
            Some(Token::Number(number)) => {
                self.at += 1;
                Value::Number(number.to_string())
            }
            Some(Token::Symbol("(")) => {
                self.at += 1;
                let inner = self.expression()?;
                self.expect(")")?;
                Value::Group(Box::new(inner))
            }
            Some(Token::Symbol("[")) => {
                self.at += 1;
                let mut items = Vec::new();
                while !self.accept("]") {
                    items.push(self.operand()?);
                    if !self.accept(",") {
                        self.expect("]")?;
                        break;
                    }
                }
                Value::List(items)
            }
            Some(Token::Symbol("{")) => {
                self.at += 1;
                let mut pairs = Vec::new();
                while !self.accept("}") {
                    let key = self.operand()?;
                    self.expect(":")?;
                    pairs.push((key, self.operand()?));
                    if !self.accept(",") {
                        self.expect("}")?;
                        break;
                    }
                }
                Value::Dict(pairs)
            }
            Some(Token::Word(_)) => self.path_or_call()?,
            Some(Token::Symbol(symbol)) => {
                return Err(format!("A value is missing before {symbol}; add one."));
            }
            None => return Err("This line ends too early; finish it.".to_string()),
        };
        self.depth -= 1;
        Ok(value)
    }

    fn path_or_call(&mut self) -> Result<Value, String> {
        let mut path = self.word().unwrap_or_default().to_string();
        let single = !matches!(self.peek(), Some(Token::Symbol(".")));
        if single {
            match path.as_str() {
                "True" | "true" => return Ok(Value::Boolean(true)),
                "False" | "false" => return Ok(Value::Boolean(false)),
                "None" | "null" | "nil" => return Ok(Value::None),
                "and" | "or" | "in" | "is" | "for" | "if" | "else" => {
                    return Err(format!("A value is missing before {path}; add one."));
                }
                _ => {}
            }
        }
        while self.accept(".") {
            match self.word() {
                Some(segment) => {
                    path.push('.');
                    path.push_str(segment);
                }
                None => return Err(format!("The path {path} ends in a dot; finish it.")),
            }
        }
        if !self.accept("(") {
            return Ok(Value::Path(path));
        }
        let (arguments, named) = self.arguments()?;
        Ok(Value::Call {
            callee: path,
            arguments,
            named,
        })
    }

    /// The arguments of a call, after its opening parenthesis and up to its closing one.
    #[allow(clippy::type_complexity)]
    pub(super) fn arguments(&mut self) -> Result<(Vec<Value>, Vec<(String, Value)>), String> {
        let mut arguments = Vec::new();
        let mut named = Vec::new();
        while !self.accept(")") {
            match (self.peek(), self.peek_at(1)) {
                (Some(Token::Word(name)), Some(Token::Symbol("="))) => {
                    self.at += 2;
                    named.push((name.to_string(), self.operand()?));
                }
                _ => {
                    let body = self.expression()?;
                    let value = if self.keyword("for") {
                        let item = self
                            .word()
                            .ok_or("A name is missing after for; add one, for example x.")?
                            .to_string();
                        if !self.keyword("in") {
                            return Err("An in is missing after for; write for x in list.".into());
                        }
                        Value::Each {
                            body: Box::new(body),
                            item,
                            list: Box::new(self.operand()?),
                        }
                    } else {
                        body
                    };
                    arguments.push(value);
                }
            }
            if !self.accept(",") {
                self.expect(")")?;
                break;
            }
        }
        Ok((arguments, named))
    }
}
