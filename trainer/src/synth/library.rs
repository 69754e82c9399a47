//! The seed files as typed values: triggers, tests, steps and whole workflows to sample from.

use std::collections::BTreeMap;

use flow::catalog::Catalog;
use flow::workflow::TaskType;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::requests::grammar::Phrase;
use crate::requests::seed::{self, Block};

use super::connectors::{self, App};

/// What starts a workflow.
#[derive(Clone, Debug)]
pub struct Trigger {
    /// The task's name in the Python form.
    pub name: String,
    pub label: String,
    pub weight: u32,
    /// Objects its steps can use, and the path to each.
    pub roots: Vec<(String, String)>,
    /// Variables, in catalogue order.
    pub variables: Vec<String>,
    /// Arguments of the decorator.
    pub arguments: String,
    pub when: Phrase,
    pub nouns: Phrase,
    pub gist: String,
    pub connector: Option<String>,
}

impl Trigger {
    /// The path of an object under this trigger.
    pub fn root(&self, name: &str) -> Option<&str> {
        self.roots
            .iter()
            .find(|(root, _)| root == name)
            .map(|(_, path)| path.as_str())
    }

    /// True when it is about customers and nothing else.
    pub fn about_customers(&self) -> bool {
        self.root("customer") == Some("customer") && self.root("order").is_none()
    }
}

/// What a step does.
#[derive(Clone, Debug)]
pub struct Action {
    pub task: String,
    /// The object it needs, or `anything`.
    pub root: String,
    pub key: String,
    pub weight: u32,
    pub connector: Option<String>,
    /// The one trigger it belongs to.
    pub only: Option<String>,
    pub code: String,
    pub imp: Phrase,
    pub title: Option<Phrase>,
    pub customer_title: Option<Phrase>,
    pub noun: Phrase,
    pub slug: String,
}

/// A family of tests.
#[derive(Clone, Debug)]
pub struct Test {
    pub kind: String,
    /// The path, or a name for written-out tests.
    pub path: String,
    /// The kind of value it compares with.
    pub value: String,
    pub root: String,
    pub only: Option<String>,
    pub weight: u32,
    pub block: Block,
}

/// A whole workflow.
#[derive(Clone, Debug)]
pub struct Archetype {
    pub name: String,
    pub slice: String,
    pub weight: u32,
    pub connectors: Vec<String>,
    pub code: Vec<String>,
    pub say: Phrase,
}

/// A whole workflow before and after a change, and what asks for it.
#[derive(Clone, Debug)]
pub struct Written {
    pub name: String,
    pub weight: u32,
    pub connectors: Vec<String>,
    pub before: Vec<String>,
    pub after: Vec<String>,
    pub say: Phrase,
}

/// A search of a schedule and what merchants call its results.
#[derive(Clone, Debug)]
pub struct Search {
    pub task: String,
    pub root: String,
    pub query: String,
    pub nouns: Phrase,
    pub weight: u32,
}

/// Everything the synthesiser samples from.
pub struct Library {
    pub triggers: Vec<Trigger>,
    pub actions: Vec<Action>,
    pub tests: Vec<Test>,
    pub archetypes: Vec<Archetype>,
    pub edits: Vec<Written>,
    /// What stands around a whole request, `<t>`.
    pub frames: Phrase,
    /// What stands around a short name of a task.
    pub title_frames: Phrase,
    pub searches: Vec<Search>,
    pub talk: Vec<Block>,
    /// Connectors that do not exist; their steps stand among the actions.
    pub apps: Vec<App>,
    pub catalog: Catalog,
}

impl Library {
    /// Reads the seed files that ship with the trainer, against a catalogue.
    pub fn load(catalog: Catalog) -> Library {
        let frames = seed::parse(include_str!("../../seeds/frames.txt"));
        let frame = |name: &str| {
            let says = frames
                .iter()
                .find(|block| block.head.first().is_some_and(|head| head == name))
                .and_then(|block| block.joined("say"));
            Phrase::parse(&says.unwrap_or_else(|| "<t>".to_string()))
        };
        let mut library = Library {
            frames: frame("whole"),
            title_frames: frame("title"),
            triggers: Vec::new(),
            actions: Vec::new(),
            tests: Vec::new(),
            archetypes: Vec::new(),
            edits: Vec::new(),
            searches: Vec::new(),
            talk: [
                include_str!("../../seeds/about.txt"),
                include_str!("../../seeds/talk.txt"),
                include_str!("../../seeds/plain_talk.txt"),
                include_str!("../../seeds/plain_words.txt"),
                include_str!("../../seeds/plain_questions.txt"),
                include_str!("../../seeds/plain_refusals.txt"),
                include_str!("../../seeds/plain_talk_languages.txt"),
                include_str!("../../seeds/plain_talk_more.txt"),
                include_str!("../../seeds/plain_unclear.txt"),
            ]
            .iter()
            .flat_map(|text| seed::parse(text))
            .collect(),
            apps: connectors::all(&catalog),
            catalog,
        };
        for block in seed::parse(include_str!("../../seeds/triggers.txt")) {
            library.trigger(&block);
        }
        library.remaining_triggers();
        library.actions = seed::parse(include_str!("../../seeds/actions.txt"))
            .iter()
            .filter_map(action)
            .collect();
        for app in &library.apps {
            library.actions.extend(app.actions.iter().cloned());
        }
        library.tests = seed::parse(include_str!("../../seeds/conditions.txt"))
            .into_iter()
            .filter_map(test)
            .collect();
        library.archetypes = [
            include_str!("../../seeds/flows.txt"),
            include_str!("../../seeds/requests.txt"),
            include_str!("../../seeds/plain_conditions.txt"),
            include_str!("../../seeds/plain_connectors.txt"),
            include_str!("../../seeds/plain_emails.txt"),
            include_str!("../../seeds/plain_fields.txt"),
            include_str!("../../seeds/plain_flows.txt"),
            include_str!("../../seeds/plain_mails.txt"),
            include_str!("../../seeds/plain_schedules.txt"),
            include_str!("../../seeds/plain_tasks.txt"),
            include_str!("../../seeds/plain_branches.txt"),
            include_str!("../../seeds/plain_creates.txt"),
            include_str!("../../seeds/plain_languages.txt"),
            include_str!("../../seeds/plain_near_misses.txt"),
            include_str!("../../seeds/plain_arguments.txt"),
            include_str!("../../seeds/plain_calendar.txt"),
            include_str!("../../seeds/plain_items.txt"),
            include_str!("../../seeds/plain_letters.txt"),
            include_str!("../../seeds/plain_two_tests.txt"),
            include_str!("../../seeds/plain_clear.txt"),
            include_str!("../../seeds/plain_subtle.txt"),
        ]
        .iter()
        .flat_map(|text| seed::parse(text))
        .filter_map(|block| archetype(&block))
        .collect();
        library.edits = [
            include_str!("../../seeds/edits.txt"),
            include_str!("../../seeds/plain_edits_change.txt"),
            include_str!("../../seeds/plain_edits_remove.txt"),
            include_str!("../../seeds/plain_edits_copies.txt"),
            include_str!("../../seeds/plain_edits_languages.txt"),
            include_str!("../../seeds/plain_edits_structure.txt"),
            include_str!("../../seeds/plain_edits_steps.txt"),
            include_str!("../../seeds/plain_edits_values.txt"),
            include_str!("../../seeds/plain_edits_grow.txt"),
            include_str!("../../seeds/plain_edits_moves.txt"),
            include_str!("../../seeds/plain_edits_indirect.txt"),
        ]
        .iter()
        .flat_map(|text| seed::parse(text))
        .filter_map(|block| written(&block))
        .collect();
        library.searches = seed::parse(include_str!("../../seeds/searches.txt"))
            .iter()
            .filter_map(|block| {
                Some(Search {
                    task: block.head.first()?.clone(),
                    root: block.head.get(1)?.clone(),
                    query: block.get("query")?.to_string(),
                    nouns: Phrase::parse(&block.joined("nouns")?),
                    weight: block.weight(),
                })
            })
            .collect();
        library
    }

    fn trigger(&mut self, block: &Block) {
        let Some(task) = block
            .head
            .first()
            .and_then(|name| self.catalog.task_named(name))
        else {
            return;
        };
        let roots = block
            .get("roots")
            .unwrap_or_default()
            .split_whitespace()
            .filter_map(|pair| pair.split_once('='))
            .map(|(root, path)| (root.to_string(), path.to_string()))
            .collect();
        self.triggers.push(Trigger {
            name: task.name.clone(),
            label: task.label.clone(),
            weight: block.weight(),
            roots,
            variables: variables(task),
            arguments: block.get("args").unwrap_or_default().to_string(),
            when: Phrase::parse(&block.joined("when").unwrap_or_default()),
            nouns: Phrase::parse(&block.joined("nouns").unwrap_or_default()),
            gist: block.get("gist").unwrap_or_default().to_string(),
            connector: task.connector.clone(),
        });
    }

    /// Triggers without a block of their own speak in the words of their label.
    fn remaining_triggers(&mut self) {
        let known: Vec<String> = self
            .triggers
            .iter()
            .map(|trigger| trigger.name.clone())
            .collect();
        let rest: Vec<Trigger> = self
            .catalog
            .tasks()
            .filter(|task| task.task_type == TaskType::Trigger)
            .filter(|task| !known.contains(&task.name))
            .filter(|task| !matches!(task.name.as_str(), "scheduled_time" | "order_edited"))
            .map(|task| {
                let label = task.label.to_lowercase();
                let app = task.connector.clone();
                let from = app.as_ref().map_or(String::new(), |app| format!("{{ in {app}| from {app}| ({app})|}}"));
                Trigger {
                    name: task.name.clone(),
                    label: task.label.clone(),
                    weight: 1,
                    roots: roots_of(task),
                    variables: variables(task),
                    arguments: String::new(),
                    when: Phrase::parse(&format!(
                        "{{the trigger |the event |}}{label}{from}{{ happens| fires| runs| starts|}}"
                    )),
                    nouns: Phrase::parse(&format!("events of {label}{from}|{label}{from}")),
                    gist: format!("{label} happens"),
                    connector: app,
                }
            })
            .collect();
        self.triggers.extend(rest);
    }

    /// How many requests are written out by hand, by slice. Parts that are put together (triggers,
    /// tests, steps) and frames are not counted.
    pub fn written(&self) -> BTreeMap<String, usize> {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        let mut add = |slice: &str, say: &Phrase| {
            *counts.entry(slice.to_string()).or_default() += say.alternatives();
        };
        for archetype in &self.archetypes {
            add(&archetype.slice, &archetype.say);
        }
        for edit in &self.edits {
            add("edit", &edit.say);
        }
        for block in &self.talk {
            let slice = match block.head.first().map(String::as_str) {
                Some("clarify") => "clarification",
                Some("refuse") => "refusal",
                _ => "question",
            };
            if let Some(say) = block.joined("say") {
                add(slice, &Phrase::parse(&say));
            }
        }
        counts
    }

    /// The variable names a trigger or step of this task adds.
    pub fn trigger_named(&self, name: &str) -> Option<&Trigger> {
        self.triggers.iter().find(|trigger| trigger.name == name)
    }
}

fn variables(task: &flow::catalog::Task) -> Vec<String> {
    task.adds
        .iter()
        .map(|variable| variable.name.clone())
        .filter(|name| name != "shop")
        .collect()
}

fn roots_of(task: &flow::catalog::Task) -> Vec<(String, String)> {
    let mut roots = Vec::new();
    for variable in &task.adds {
        let root = match variable.ty.name.as_str() {
            "Order" => "order",
            "Customer" => "customer",
            "Product" => "product",
            "ProductVariant" => "productVariant",
            "FulfillmentOrder" => "fulfillmentOrder",
            "Return" => "return",
            "CompanyLocation" => "companyLocation",
            "SubscriptionContract" => "subscriptionContract",
            _ => continue,
        };
        if !variable.ty.list {
            roots.push((root.to_string(), variable.name.clone()));
        }
    }
    if let Some((_, order)) = roots.iter().find(|(root, _)| root == "order").cloned()
        && !roots.iter().any(|(root, _)| root == "customer")
    {
        roots.push(("customer".to_string(), format!("{order}.customer")));
    }
    if let Some((_, contract)) = roots
        .iter()
        .find(|(root, _)| root == "subscriptionContract")
        .cloned()
        && !roots.iter().any(|(root, _)| root == "customer")
    {
        roots.push(("customer".to_string(), format!("{contract}.customer")));
    }
    roots
}

fn action(block: &Block) -> Option<Action> {
    let phrase = |key: &str| block.joined(key).map(|text| Phrase::parse(&text));
    let root = match (block.head.get(1)?.as_str(), block.head.first()?.as_str()) {
        ("workflow_error_occurred", _) => "workflow".to_string(),
        (root, _) => root.to_string(),
    };
    Some(Action {
        task: block.head.first()?.clone(),
        root,
        key: block.head.join(" "),
        weight: block.weight(),
        connector: block.get("app").map(str::to_string),
        only: block.get("only").map(str::to_string),
        code: seed::unquote_backticks(block.get("code")?),
        imp: phrase("imp")?,
        title: phrase("title"),
        customer_title: phrase("ctitle"),
        noun: phrase("noun")?,
        slug: block.get("slug")?.to_string(),
    })
}

fn test(block: Block) -> Option<Test> {
    let kind = block.head.first()?.clone();
    let path = block.head.get(1)?.clone();
    let own = block.get("on").map(str::to_string);
    let only_by_on = own
        .clone()
        .filter(|on| kind == "enum" && (on.starts_with("order_") || on.starts_with("product_")));
    let root = match kind.as_str() {
        "items" | "itemtags" => "order".to_string(),
        "test" => own.unwrap_or_default(),
        _ => {
            let first = path.split('.').next().unwrap_or_default().to_string();
            if first == "oldStatus" {
                "product".to_string()
            } else {
                first
            }
        }
    };
    Some(Test {
        value: block.head.get(2).cloned().unwrap_or_default(),
        only: block.get("only").map(str::to_string).or(only_by_on),
        weight: block.weight(),
        kind,
        path,
        root,
        block,
    })
}

fn archetype(block: &Block) -> Option<Archetype> {
    Some(Archetype {
        name: block.head.first()?.clone(),
        slice: block.head.get(1)?.clone(),
        weight: block.weight(),
        connectors: block.list("app"),
        code: seed::unquote_backticks(&block.code.join("\n"))
            .lines()
            .map(str::to_string)
            .collect(),
        say: Phrase::parse(&block.joined("say")?),
    })
}

fn written(block: &Block) -> Option<Written> {
    let program = |code: &[String]| -> Vec<String> {
        seed::unquote_backticks(&code.join("\n"))
            .lines()
            .map(str::to_string)
            .collect()
    };
    Some(Written {
        name: block.head.first()?.clone(),
        weight: block.weight(),
        connectors: block.list("app"),
        before: program(&block.code),
        after: program(&block.after),
        say: Phrase::parse(&block.joined("say")?),
    })
}

/// Draws one by weight.
pub fn weighted<'a, T>(
    rng: &mut ChaCha8Rng,
    items: &[&'a T],
    weight: impl Fn(&T) -> u32,
) -> Option<&'a T> {
    let total: u32 = items.iter().map(|item| weight(item)).sum();
    if total == 0 {
        return items.first().copied();
    }
    let mut at = rng.random_range(0..total);
    for item in items {
        let own = weight(item);
        if at < own {
            return Some(item);
        }
        at -= own;
    }
    items.last().copied()
}
