//! What the fine-tuned model is compared with: the base model with a full prompt, and no model at all.
//!
//! Both stand behind the same turn as the model that is served, with the same searches before it and
//! the same checks after it, so that only what writes the program differs.

use agent::backend::{Backend, BackendError, Chunk, Chunks, Generate, ModelInfo};
use agent::contract::END;
use async_trait::async_trait;
use futures::StreamExt;

/// A prompted agent: instructions, the tools and three examples before every conversation.
pub struct Prompted {
    inner: Box<dyn Backend>,
}

impl Prompted {
    pub fn new(inner: Box<dyn Backend>) -> Prompted {
        Prompted { inner }
    }
}

/// What a prompted agent is told. The examples have the form of [`agent::contract`].
const INSTRUCTIONS: &str = include_str!("prompted.txt");

#[async_trait]
impl Backend for Prompted {
    fn info(&self) -> ModelInfo {
        let info = self.inner.info();
        ModelInfo {
            name: format!("{} with a full prompt", info.name),
            contract: None,
            lineage: None,
            ..info
        }
    }

    async fn health(&self) -> Result<(), BackendError> {
        self.inner.health().await
    }

    async fn generate(&self, mut request: Generate) -> Result<Chunks, BackendError> {
        request.prompt = format!("{INSTRUCTIONS}{}", request.prompt);
        self.inner.generate(request).await
    }
}

/// No model: the likeliest trigger and the likeliest step of the searches, filled with what stands
/// out in the request.
pub struct Keywords;

#[async_trait]
impl Backend for Keywords {
    fn info(&self) -> ModelInfo {
        ModelInfo {
            name: "keywords".to_string(),
            kind: "keywords".to_string(),
            ..ModelInfo::default()
        }
    }

    async fn health(&self) -> Result<(), BackendError> {
        Ok(())
    }

    async fn generate(&self, request: Generate) -> Result<Chunks, BackendError> {
        let text = answer(&request.prompt);
        let done = Chunk::Done {
            prompt_tokens: 0,
            completion_tokens: 0,
            likelihood: None,
            text,
        };
        Ok(futures::stream::iter([Ok(done)]).boxed())
    }
}

/// The program for a rendered conversation.
fn answer(prompt: &str) -> String {
    let messages: Vec<&str> = prompt
        .split("<|im_start|>")
        .filter_map(|message| message.split(END).next())
        .collect();
    let of = |role: &str| -> Vec<&str> {
        messages
            .iter()
            .filter_map(|message| message.strip_prefix(role)?.strip_prefix('\n'))
            .collect()
    };
    let user = of("user").first().copied().unwrap_or_default();
    let (current, request) = match user.strip_prefix("current:\n") {
        Some(rest) => rest.split_once("\nrequest: ").unwrap_or(("", rest)),
        None => ("", user.rsplit("request: ").next().unwrap_or(user)),
    };
    let tools = of("tool");
    let found = tools.first().copied().unwrap_or_default();
    let fields = tools.get(1).copied().unwrap_or_default();
    if found.contains("not installed: ") {
        return "refusal(missing_capability): This needs an app that the store does not have; install it first.".to_string();
    }
    let action = found
        .lines()
        .find(|line| !line.starts_with('@'))
        .map(|signature| call(signature, request, current));
    if !current.is_empty() {
        // An edit adds the step at the end.
        let body = action.unwrap_or_default();
        return format!("{current}\n    {body}\n").replace("    \n", "");
    }
    let trigger = found.lines().find(|line| line.starts_with('@'));
    let (Some(trigger), Some(action)) = (trigger, action) else {
        return "clarification: When should this happen? | When an order is created | Every day"
            .to_string();
    };
    let (name, rest) = trigger.split_once('(').unwrap_or((trigger, ")"));
    let variables = rest
        .trim_end_matches(')')
        .split(';')
        .next()
        .unwrap_or_default();
    let decorator = match rest.contains("every") {
        true => format!("{name}(every=\"day\")"),
        false => name.to_string(),
    };
    let number = fields
        .lines()
        .find(|line| line.ends_with(": Decimal") || line.ends_with("Int64"))
        .and_then(|line| line.split(": ").next())
        .zip(first_number(request));
    match number {
        Some((path, number)) => format!(
            "{decorator}\ndef keywords({variables}):\n    if {path} > {number}:\n        {action}\n"
        ),
        None => format!("{decorator}\ndef keywords({variables}):\n    {action}\n"),
    }
}

/// A call of a step with its required arguments.
fn call(signature: &str, request: &str, current: &str) -> String {
    let (name, rest) = signature.split_once('(').unwrap_or((signature, ")"));
    let variable = ["order", "customer", "product"]
        .iter()
        .find(|variable| name.contains(**variable) || current.contains(&format!("({variable}")))
        .unwrap_or(&"order");
    let arguments: Vec<String> = rest
        .trim_end_matches(')')
        .split(", ")
        .filter(|argument| !argument.is_empty() && !argument.ends_with('?'))
        .map(|argument| {
            let value = match argument {
                "tags" => format!("[\"{}\"]", label(request)),
                "address" => format!("\"{}\"", address(request)),
                id if id.ends_with("_id") => match id.trim_end_matches("_id") {
                    object if object == *variable => format!("{variable}.id"),
                    object => format!("{variable}.{object}.id"),
                },
                _ => format!("\"{}\"", label(request)),
            };
            format!("{argument}={value}")
        })
        .collect();
    format!("{name}({})", arguments.join(", "))
}

fn first_number(request: &str) -> Option<&str> {
    request
        .split(|c: char| !c.is_ascii_digit())
        .find(|digits| !digits.is_empty() && digits.len() < 9)
}

fn address(request: &str) -> &str {
    request
        .split_whitespace()
        .find(|word| word.contains('@'))
        .map_or("you@example.com", |word| {
            word.trim_matches(|c: char| !c.is_alphanumeric())
        })
}

/// What stands in quotation marks, else the last word.
fn label(request: &str) -> String {
    let quoted = request.split(['"', '\'']).nth(1);
    let last = request.split_whitespace().last();
    let word = quoted.or(last).unwrap_or("x");
    word.trim_matches(|c: char| !c.is_alphanumeric())
        .replace(['"', '\\'], "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use agent::contract::{self, Conversation, Entry};

    fn prompt(request: &str, current: Option<&str>) -> String {
        contract::prompt(&Conversation {
            request: request.to_string(),
            current: current.map(str::to_string),
            entries: vec![
                Entry::Tool("@order_created(order)\nadd_order_tags(order_id, tags)".to_string()),
                Entry::Tool("order.totalPriceSet.shopMoney.amount: Decimal".to_string()),
            ],
            ..Conversation::default()
        })
    }

    #[test]
    fn keywords_make_a_program() {
        assert_eq!(
            answer(&prompt("tag orders over 500 as VIP", None)),
            "@order_created\ndef keywords(order):\n    if order.totalPriceSet.shopMoney.amount > 500:\n        add_order_tags(order_id=order.id, tags=[\"VIP\"])\n"
        );
        let current = "@order_created\ndef a(order):\n    archive_order(order_id=order.id)";
        assert_eq!(
            answer(&prompt("and tag it VIP", Some(current))),
            format!("{current}\n    add_order_tags(order_id=order.id, tags=[\"VIP\"])\n")
        );
    }

    #[test]
    fn the_full_prompt_has_instructions_and_three_examples() {
        assert_eq!(INSTRUCTIONS.matches("<|im_start|>user").count(), 3);
        assert!(INSTRUCTIONS.starts_with("<|im_start|>system"));
        assert!(INSTRUCTIONS.ends_with("<|im_end|>\n"));
    }

    #[tokio::test]
    async fn the_full_prompt_stands_before_the_conversation() {
        let inner = agent::backend::scripted::Scripted::new(["answer: x"]);
        let prompted = Prompted::new(Box::new(inner));
        let request = Generate {
            prompt: prompt("hello", None),
            grammar: None,
            max_tokens: 8,
            temperature: 0.0,
            seed: 1,
            other_than: Vec::new(),
            wanted: Vec::new(),
            suspects: Vec::new(),
            edits: None,
            words: 0.0,
        };
        let chunks: Vec<_> = prompted
            .generate(request)
            .await
            .expect("an answer")
            .collect()
            .await;
        assert!(!chunks.is_empty());
        assert!(prompted.info().name.contains("full prompt"));
    }
}
