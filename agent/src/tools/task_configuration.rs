//! `task_configuration`: how a task is configured, field by field.

use flow::catalog::{Catalog, Field, FieldKind};

use super::{find, signature};

/// The signature, what the task does, and one line per field. Empty for an unknown task.
pub fn task_configuration(catalog: &Catalog, name: &str) -> Vec<String> {
    let Some(task) = find(catalog, name) else {
        return Vec::new();
    };
    let mut lines = vec![signature(task), task.description.clone()];
    lines.extend(task.fields.iter().map(line));
    lines
}

fn line(field: &Field) -> String {
    let of = field.of.as_deref().unwrap_or("object");
    let kind = match field.kind {
        FieldKind::Text | FieldKind::Email if field.liquid => "text with Liquid".to_string(),
        FieldKind::Text | FieldKind::Email => "text".to_string(),
        FieldKind::Integer => "whole number".to_string(),
        FieldKind::Boolean => "True or False".to_string(),
        FieldKind::Enum => field.values.join(" "),
        FieldKind::Array => "list of texts".to_string(),
        FieldKind::Map => "pairs of key and value".to_string(),
        FieldKind::CommerceObject => format!("path to the id of a {of}"),
        FieldKind::Resource => format!("id of a {of}"),
        FieldKind::Collections => "list of collection ids".to_string(),
        FieldKind::Condition => "condition".to_string(),
        FieldKind::Duration => "length of time".to_string(),
        FieldKind::Recurrence => "every minute, hour, day, week, month or year".to_string(),
        FieldKind::Path => "path to a list".to_string(),
        FieldKind::Sort => "sort key and order".to_string(),
        FieldKind::ApiCall => "name and arguments of a mutation".to_string(),
        FieldKind::Code => "program text".to_string(),
        FieldKind::Metafield => "namespace, key and type".to_string(),
        FieldKind::ShopifyqlQuery => "ShopifyQL query".to_string(),
    };
    let optional = if field.must_be_given() {
        ""
    } else {
        " (optional)"
    };
    format!("{}: {kind}{optional}", field.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_explained() {
        let catalog = Catalog::builtin();
        let lines = task_configuration(&catalog, "cancel_order").join("\n");
        insta::assert_snapshot!(lines, @r"
        cancel_order(order_id, reason, notify_customer?, refund?, restock?)
        Cancels an order, with refund and restock if wanted.
        order_id: path to the id of a Order
        reason: CUSTOMER DECLINED FRAUD INVENTORY STAFF OTHER
        notify_customer: True or False (optional)
        refund: True or False (optional)
        restock: True or False (optional)
        ");
        assert!(task_configuration(&catalog, "nothing").is_empty());
    }
}
