//! Apps that do not exist, each with a few steps: a model that learns from them uses what the searches
//! say about a connector, and so copes with one it has never seen.

use flow::Catalog;
use flow::catalog::import::{self, Overlay};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::requests::grammar::Phrase;
use crate::requests::pools::{self, pick};
use crate::requests::seed::{self, Block};

use super::library::Action;

/// How many apps there are; each has a catalogue of its own, which is kept.
const APPS: u64 = 64;

/// An app with its steps.
#[derive(Clone, Debug)]
pub struct App {
    pub name: String,
    /// What is laid over the catalogue of a store that has it.
    pub overlay: Overlay,
    pub actions: Vec<Action>,
}

/// All of them. The same seed file gives the same apps.
pub fn all(builtin: &Catalog) -> Vec<App> {
    let blocks = seed::parse(include_str!("../../seeds/connectors.txt"));
    let mut apps: Vec<App> = Vec::new();
    for index in 0..APPS {
        let mut rng = ChaCha8Rng::seed_from_u64(0xA995 + index);
        let name = (0..20)
            .map(|_| pools::app_name(&mut rng))
            .find(|name| apps.iter().all(|app| app.name != *name));
        if let Some(name) = name {
            apps.push(app(&name, &blocks, builtin, &mut rng));
        }
    }
    apps
}

/// What one step is made from, once its forms are chosen.
struct Chosen<'a> {
    block: &'a Block,
    id: String,
    label: String,
    /// Arguments in the Python form.
    arguments: Vec<String>,
    pick: String,
}

fn app(name: &str, blocks: &[Block], builtin: &Catalog, rng: &mut ChaCha8Rng) -> App {
    let mut chosen: Vec<Chosen<'_>> = Vec::new();
    let mut tasks: Vec<Value> = Vec::new();
    for _ in 0..rng.random_range(2..=4) {
        let block = &blocks[rng.random_range(0..blocks.len())];
        let label = form(block.get("label").unwrap_or_default(), rng);
        if chosen.iter().any(|other| other.label == label) {
            continue;
        }
        let mut fields: Vec<Value> = Vec::new();
        let mut arguments: Vec<String> = Vec::new();
        let root = block.head.first().map_or("order", String::as_str);
        if let Some(object) = block.get("object") {
            fields.push(json!({
                "__typename": "AutomationCommerceObjectConfigField", "id": object,
                "label": capital(object), "required": true, "possibleObjectTypes": [capital(root)],
            }));
            arguments.push(format!("{object}={root}.id"));
        }
        for field in block.fields.get("field").into_iter().flatten() {
            let Some((names, value)) = field.split_once(" = ") else {
                continue;
            };
            let id = form(names, rng);
            fields.push(json!({
                "__typename": "AutomationTextConfigField", "id": id, "label": capital(&id),
                "required": true, "supportsLiquid": true,
            }));
            arguments.push(format!("{id}=\"{value}\""));
        }
        let mut picked = String::new();
        if let Some((names, options)) = block.get("select").and_then(|text| text.split_once(" = "))
        {
            let id = form(names, rng);
            picked = form(options, rng);
            let options: Vec<Value> = options
                .split('|')
                .map(|value| json!({"value": value, "label": capital(value)}))
                .collect();
            fields.push(json!({
                "__typename": "AutomationSelectConfigField", "id": id, "label": capital(&id),
                "required": true, "options": options,
            }));
            arguments.push(format!("{id}=\"{picked}\""));
        }
        let id = format!(
            "{}::{}",
            name.to_lowercase().replace(' ', "-"),
            label.to_lowercase().replace(' ', "_")
        );
        tasks.push(json!({
            "taskId": id, "version": "1.0", "label": label, "taskType": "ACTION",
            "connector": {"name": name, "installed": true}, "configFields": fields,
        }));
        chosen.push(Chosen {
            block,
            id,
            label,
            arguments,
            pick: picked,
        });
    }
    let text = Value::Array(tasks).to_string();
    let overlay = import::read(text.as_bytes()).overlay;
    let catalog = builtin.overlay(&overlay);
    let actions = chosen
        .iter()
        .filter_map(|chosen| action(chosen, name, &catalog))
        .collect();
    App {
        name: name.to_string(),
        overlay,
        actions,
    }
}

fn action(chosen: &Chosen<'_>, app: &str, catalog: &Catalog) -> Option<Action> {
    let task = catalog.task(&chosen.id)?.name.clone();
    let filled = |key: &str| -> Option<String> {
        let text = chosen.block.joined(key)?;
        Some(text.replace("<app>", app).replace("<pick>", &chosen.pick))
    };
    Some(Action {
        code: format!("{task}({})", chosen.arguments.join(", ")),
        root: chosen.block.head.first()?.clone(),
        key: chosen.id.clone(),
        weight: 6,
        connector: Some(app.to_string()),
        only: None,
        imp: Phrase::parse(&filled("imp")?),
        title: None,
        customer_title: None,
        noun: Phrase::parse(&filled("noun")?),
        slug: task.clone(),
        task,
    })
}

/// One of the forms between bars.
fn form(text: &str, rng: &mut ChaCha8Rng) -> String {
    let forms: Vec<&str> = text.split('|').collect();
    pick(rng, &forms).to_string()
}

/// `order_id` as `Order id`.
fn capital(text: &str) -> String {
    crate::requests::noise::capitalise(&text.replace('_', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apps_have_names_of_their_own_and_steps_that_a_store_with_them_knows() {
        let builtin = Catalog::builtin();
        let apps = all(&builtin);
        assert!(apps.len() > 50, "{}", apps.len());
        for app in &apps {
            assert!(!app.actions.is_empty(), "{}", app.name);
            let catalog = builtin.overlay(&app.overlay).with_connectors(&[&app.name]);
            for action in &app.actions {
                let task = catalog.task_named(&action.task);
                assert_eq!(
                    task.and_then(|task| task.connector.as_deref()),
                    Some(app.name.as_str()),
                    "{}",
                    action.task
                );
                assert!(builtin.task_named(&action.task).is_none());
            }
        }
    }
}
