//! Config fields in words: what a field is called in a sentence, and what its value says.

use crate::catalog::{Field, FieldKind};
use crate::python::values::reference;

use super::{
    condition_words, duration, last_words, list, lower_first, schedule, short, spoken, words,
};

/// Longer texts are not repeated in a sentence.
const MAX_TEXT: usize = 40;

/// What a field is called after "the": `tags`, `HTTP method`, `recipient`.
pub(crate) fn field_label(field: Option<&Field>, id: &str) -> String {
    let Some(field) = field else {
        return words(id);
    };
    match field.kind {
        // These are labelled with what to do, not with what they hold.
        FieldKind::Code => words(&field.id),
        FieldKind::Sort => "sort order".to_string(),
        FieldKind::Duration => "duration".to_string(),
        FieldKind::Recurrence => "schedule".to_string(),
        FieldKind::Email => "recipient".to_string(),
        _ if field.label == "To" => "recipient".to_string(),
        _ if field.label.contains('_') => words(&field.label),
        _ => {
            // `HTTP method` keeps its capitals.
            let capitals = field.label.chars().take(2).all(char::is_uppercase);
            if capitals {
                field.label.clone()
            } else {
                lower_first(&field.label)
            }
        }
    }
}

/// What a value says, if that can be said in a few words; `None` also for an empty one.
pub(crate) fn value_words(field: Option<&Field>, value: &str) -> Option<String> {
    let value = value.trim();
    let said = match field.map(|field| field.kind) {
        Some(FieldKind::Array) => short(&list(value)),
        Some(FieldKind::Email | FieldKind::Integer) => short(value),
        Some(FieldKind::Enum) => words(&value.to_lowercase()),
        Some(FieldKind::Boolean) => match value {
            "true" => "yes".to_string(),
            "false" => "no".to_string(),
            _ => return None,
        },
        Some(FieldKind::CommerceObject) => {
            let path = reference(value)?;
            spoken(path.strip_suffix(".id").unwrap_or(&path), &[])
        }
        Some(FieldKind::Path) => format!("the {}", last_words(value)),
        Some(FieldKind::Duration) => duration(value)?,
        Some(FieldKind::Recurrence) => lower_first(&schedule(value)?),
        Some(FieldKind::Condition) => format!("‘{}’", condition_words(value)?),
        Some(FieldKind::Text) | None => {
            // Program text and JSON say nothing to a merchant.
            let plain = !value.starts_with(['{', '[']) || value.starts_with("{{");
            if !plain || value.contains('\n') || value.chars().count() > MAX_TEXT {
                return None;
            }
            format!("“{value}”")
        }
        Some(
            FieldKind::Resource
            | FieldKind::Collections
            | FieldKind::Map
            | FieldKind::Sort
            | FieldKind::ApiCall
            | FieldKind::Code
            | FieldKind::Metafield
            | FieldKind::ShopifyqlQuery,
        ) => return None,
    };
    (!said.is_empty() && !value.is_empty()).then_some(said)
}
