//! Checks the JSON bodies that programs send, and says in one sentence where a body is wrong.

use std::sync::LazyLock;

use jsonschema::Validator;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::{Error, Result};

/// The body of `POST /api/events`.
pub static EVENT: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new(&json!({
        "type": "object",
        "required": ["trigger", "event"],
        "additionalProperties": false,
        "properties": {
            "trigger": { "type": "string", "minLength": 1, "maxLength": 200 },
            "event": { "type": "object", "minProperties": 1 }
        }
    }))
});

/// An event that a workflow is tried on.
pub static TEST_EVENT: LazyLock<Schema> =
    LazyLock::new(|| Schema::new(&json!({ "type": "object" })));

/// One line of `flowright ask --batch`.
pub static CASE: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new(&json!({
        "type": "object",
        "required": ["id", "request"],
        "properties": {
            "id": { "type": "string" },
            "request": { "type": "string", "minLength": 1 },
            "installed": { "type": "array", "items": { "type": "string" } },
            "workflow": { "type": ["object", "null"] }
        }
    }))
});

/// A JSON schema that is part of this program.
pub struct Schema(std::result::Result<Validator, String>);

impl Schema {
    fn new(schema: &Value) -> Schema {
        Schema(jsonschema::validator_for(schema).map_err(|error| error.to_string()))
    }

    /// Reads text as JSON of this schema into a type.
    pub fn read<T: DeserializeOwned>(&self, text: &[u8]) -> Result<T> {
        let value: Value = serde_json::from_slice(text).map_err(|error| {
            Error::Invalid(format!(
                "This is not JSON: line {}, column {}: {}.",
                error.line(),
                error.column(),
                cause(&error)
            ))
        })?;
        self.check(&value)?;
        serde_json::from_value(value)
            .map_err(|error| Error::Invalid(format!("This JSON does not fit: {error}.")))
    }

    /// Checks a value.
    pub fn check(&self, value: &Value) -> Result<()> {
        let validator = match &self.0 {
            Ok(validator) => validator,
            Err(message) => return Err(Error::Internal(message.clone().into())),
        };
        match validator.iter_errors(value).next() {
            None => Ok(()),
            Some(error) => {
                let path = error.instance_path().to_string();
                let place = if path.is_empty() {
                    "the top".to_string()
                } else {
                    path
                };
                let mut message = error.to_string();
                if message.chars().count() > LONGEST_MESSAGE {
                    message = message.chars().take(LONGEST_MESSAGE).collect::<String>() + "…";
                }
                Err(Error::Invalid(format!(
                    "This JSON is wrong at {place}: {message}."
                )))
            }
        }
    }
}

/// The message quotes the value, which can be as long as the body.
const LONGEST_MESSAGE: usize = 300;

/// The message of serde without its own " at line 1 column 2".
fn cause(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(at) => text[..at].to_string(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_name_the_place() {
        let table = [
            ("{", "line 1, column 1"),
            ("[]", "at the top"),
            (r#"{"trigger":"x"}"#, "\"event\""),
            (r#"{"trigger":7,"event":{"a":1}}"#, "at /trigger"),
            (r#"{"trigger":"x","event":{"a":1},"more":1}"#, "more"),
        ];
        for (text, expected) in table {
            let error = EVENT.read::<Value>(text.as_bytes()).unwrap_err();
            assert_eq!(error.code(), app::api::ErrorCode::Invalid);
            assert!(error.to_string().contains(expected), "{text}: {error}");
        }
        EVENT
            .read::<Value>(br#"{"trigger":"x","event":{"order":{}}}"#)
            .unwrap();
    }
}
