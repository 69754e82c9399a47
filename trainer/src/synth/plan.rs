//! A program as lines with open values, so that an edit can change one line and keep all others.

use rand_chacha::ChaCha8Rng;

use crate::requests::grammar::{Values, fill, used_values};

/// What a line of a program is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `@order_created`
    Head,
    /// `def name(order):`
    Def,
    If,
    Else,
    For,
    Wait,
    /// A step; the task's name.
    Step(String),
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// In steps of four spaces.
    pub indent: usize,
    /// Without indentation; values open.
    pub text: String,
    pub kind: Kind,
}

impl Line {
    /// A line, its kind read from its text.
    pub fn new(indent: usize, text: impl Into<String>) -> Line {
        let text = text.into();
        let kind = if text.starts_with('@') {
            Kind::Head
        } else if text.starts_with("def ") {
            Kind::Def
        } else if text.starts_with("if ") {
            Kind::If
        } else if text.starts_with("else") {
            Kind::Else
        } else if text.starts_with("for ") {
            Kind::For
        } else if text.starts_with("wait(") {
            Kind::Wait
        } else {
            let call = text.split('(').next().unwrap_or_default();
            let name = call.rsplit(['=', ' ']).next().unwrap_or(call);
            Kind::Step(name.to_string())
        };
        Line { indent, text, kind }
    }
}

/// A program with open values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub lines: Vec<Line>,
}

impl Plan {
    /// Reads program lines.
    pub fn read(code: &[String]) -> Plan {
        Plan {
            lines: code
                .iter()
                .map(|line| {
                    let text = line.trim_start();
                    Line::new((line.len() - text.len()) / 4, text)
                })
                .collect(),
        }
    }

    /// The program text with values put in.
    pub fn text(&self, values: &mut Values, rng: &mut ChaCha8Rng) -> String {
        let mut out = String::new();
        for line in &self.lines {
            for _ in 0..line.indent {
                out.push_str("    ");
            }
            out.push_str(&fill(&line.text, values, rng));
            out.push('\n');
        }
        out
    }

    /// The names of the values in the program.
    pub fn values(&self) -> Vec<String> {
        let all: Vec<&str> = self.lines.iter().map(|line| line.text.as_str()).collect();
        used_values(&all.join("\n"))
    }

    /// The name of the trigger's task.
    pub fn trigger(&self) -> &str {
        self.lines
            .first()
            .map(|line| line.text.trim_start_matches('@'))
            .map(|text| text.split('(').next().unwrap_or(text))
            .unwrap_or_default()
    }

    /// Places of lines that run a task.
    pub fn steps(&self) -> Vec<usize> {
        (0..self.lines.len())
            .filter(|&at| matches!(self.lines[at].kind, Kind::Step(_)))
            .collect()
    }

    /// The places of lines of a kind.
    pub fn places(&self, kind: &Kind) -> Vec<usize> {
        (0..self.lines.len())
            .filter(|&at| &self.lines[at].kind == kind)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_lines() {
        let lines = [
            "@order_created",
            "def f(order):",
            "    getOrderData = get_order_data(query=\"x\")",
            "    wait($dur)",
        ];
        let plan = Plan::read(&lines.map(str::to_string));
        assert_eq!(plan.trigger(), "order_created");
        assert_eq!(plan.lines[2].kind, Kind::Step("get_order_data".to_string()));
        assert_eq!(plan.lines[3].kind, Kind::Wait);
        assert_eq!(plan.values(), ["dur"]);
    }
}
