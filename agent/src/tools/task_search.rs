//! `task_search`: the few tasks that a request may need.
//!
//! The [ranker](super::ranker) says how likely a request means each task it knows; as many are listed
//! as may be meant, so that a plain request makes a short prompt. BM25 over names, descriptions and
//! the words merchants use finds tasks that the ranker does not know, and helps where it is unsure.

use std::collections::BTreeMap;

use bm25::{EmbedderBuilder, Scorer};
use flow::catalog::{Catalog, Task};
use flow::workflow::TaskType;

use super::aliases::{LOOKUPS, SELDOM, TASKS, USUAL};
use super::environment_paths::PathIndex;
use super::ranker::{self, Label, Ranker};
use super::words::{Words, embedding, plain};

/// How many tasks the model is shown.
pub const LIMIT: usize = 8;

/// A task that is at least this likely to be meant is listed.
const LIKELY: f32 = 0.04;

/// A task of an app that the store lacks is spoken of from this probability on.
const MISSED: f32 = 0.4;

/// Phrases that mean a task whatever the ranker, which has met too few of them, takes for likely.
const PHRASES: [(&str, &str); 3] = [
    ("free gift", "add_order_line_item"),
    ("free item", "add_order_line_item"),
    ("free sample", "add_order_line_item"),
];

/// Whether a request in lower case holds a phrase that means a task.
pub(crate) fn is_said(lower: &str, task: &str) -> bool {
    let mut meant = PHRASES.iter().filter(|(_, name)| *name == task);
    meant.any(|(phrase, _)| lower.contains(phrase))
}

/// Where nothing is likelier than this, the best matches of BM25 are listed too.
const SURE: f32 = 0.6;

/// Steps that the Python form writes as statements, so that the model needs no signature for them.
const STATEMENTS: [&str; 2] = ["condition", "foreach"];

/// Subjects that most requests name, whatever they are about.
const BROAD: [&str; 4] = ["order", "customer", "product", "variant"];

/// What fills the list when a request matches too little.
const FILL: [&str; 2] = ["order_created", "send_email"];

/// The searches over one catalogue. Building it takes some milliseconds, a search less than one.
pub struct SearchIndex {
    pub(super) words: Words,
    pub(super) ranker: &'static Ranker,
    tasks: Scorer<usize, u64>,
    /// Per task, in catalogue order: its name, and how usual it is.
    entries: Vec<(String, f32)>,
    /// Tasks of the apps we know and the store lacks: the task's name, the app's name.
    elsewhere: Vec<(String, String)>,
    /// Tasks of the apps that the store has.
    apps: Vec<String>,
    pub(super) paths: PathIndex,
}

impl SearchIndex {
    /// Reads the catalogue of a store.
    pub fn new(catalog: &Catalog) -> SearchIndex {
        let texts: Vec<String> = catalog.tasks().map(text).collect();
        let corpus: Vec<&str> = texts.iter().map(String::as_str).collect();
        let embedder =
            EmbedderBuilder::<u64, Words>::with_tokenizer_and_fit_to_corpus(Words::new(), &corpus)
                .b(0.5)
                .build();
        let mut tasks = Scorer::new();
        for (at, text) in texts.iter().enumerate() {
            tasks.upsert(&at, embedder.embed(text));
        }
        let entries = catalog
            .tasks()
            .map(|task| (task.name.clone(), usual(task)))
            .collect();
        SearchIndex {
            words: Words::new(),
            ranker: ranker::shipped(),
            tasks,
            entries,
            elsewhere: elsewhere(catalog),
            apps: catalog
                .tasks()
                .filter(|task| task.connector.is_some())
                .map(|task| task.name.clone())
                .collect(),
            paths: PathIndex::new(catalog),
        }
    }

    /// The tasks that a request may mean: triggers first, then actions, each likeliest first.
    ///
    /// Without a workflow (`editing` false) there is at least one trigger and one action.
    pub fn tasks<'a>(
        &self,
        catalog: &'a Catalog,
        query: &str,
        editing: bool,
        limit: usize,
    ) -> Vec<&'a Task> {
        let ranked = self.ranker.rank(query, editing);
        let matched = self.scored(query, editing);
        let best = matched.iter().copied().fold(0.0, f32::max);
        let lower = query.to_lowercase();
        let said = |task: &Task| is_said(&lower, &task.name);
        let mut likely: Vec<(f32, &'a Task)> = Vec::new();
        for (task, score) in catalog.tasks().zip(&matched) {
            if STATEMENTS.contains(&task.name.as_str()) {
                continue;
            }
            let probability = match ranked.of(&Label::Task(task.name.clone())) {
                Some(probability) => probability,
                // Unknown to the ranker: a match as good as any counts as likely.
                None if best > 0.0 && *score >= 0.75 * best => LIKELY,
                None => 0.0,
            };
            let probability = match said(task) {
                true => probability.max(LIKELY),
                false => probability,
            };
            if probability >= LIKELY {
                likely.push((probability, task));
            }
        }
        likely.sort_by(|a, b| b.0.total_cmp(&a.0));
        likely.truncate(limit);

        let is_trigger = |task: &Task| task.task_type == TaskType::Trigger;
        for triggers in [true, false] {
            let surest = likely
                .iter()
                .filter(|(_, task)| is_trigger(task) == triggers)
                .map(|(probability, _)| *probability)
                .fold(0.0, f32::max);
            if editing || surest >= SURE || likely.len() >= limit {
                continue;
            }
            let mut matches: Vec<(f32, &'a Task)> = catalog
                .tasks()
                .zip(&matched)
                .filter(|(task, score)| is_trigger(task) == triggers && **score > 0.0)
                .map(|(task, score)| (*score, task))
                .collect();
            matches.sort_by(|a, b| b.0.total_cmp(&a.0));
            let fill = FILL
                .iter()
                .filter_map(|name| catalog.task_named(name))
                .filter(|task| is_trigger(task) == triggers);
            let more = matches
                .into_iter()
                .map(|(_, task)| task)
                .take(1)
                .chain(fill);
            for task in more.take(1) {
                if !likely.iter().any(|(_, known)| known.id == task.id) {
                    likely.push((0.0, task));
                }
            }
        }
        likely.sort_by_key(|(_, task)| !is_trigger(task));
        likely.into_iter().map(|(_, task)| task).collect()
    }

    /// One score per task, in catalogue order.
    fn scored(&self, query: &str, editing: bool) -> Vec<f32> {
        let mut scores = vec![0.0_f32; self.entries.len()];
        let words = self.words.unique(query);
        for found in self.tasks.matches(&embedding(&words)) {
            let weight = self
                .entries
                .get(found.id)
                .map_or(0.0, |(_, weight)| *weight);
            if let Some(score) = scores.get_mut(found.id) {
                *score = found.score * weight;
            }
        }
        let plain = plain(query);
        let speaks_of = |subject: &str| {
            let subject = self.words.unique(subject);
            subject.iter().any(|word| words.contains(word))
        };
        let scheduled = speaks_of_times(&plain);
        let waits = speaks_of_waiting(&plain);
        let tagged = plain.iter().any(|word| {
            ["added", "removed", "tagged", "untagged", "gets", "loses"].contains(&word.as_str())
        });

        let mut usual: BTreeMap<&str, f32> = BTreeMap::new();
        if !editing {
            for (subject, triggers) in USUAL.iter().filter(|(word, _)| speaks_of(word)) {
                // A word such as "refund" says more than "order", which is in most requests.
                let most = if BROAD.contains(subject) { 4.0 } else { 6.0 };
                for (place, trigger) in triggers.iter().enumerate() {
                    let bonus = usual.entry(trigger).or_default();
                    *bonus = bonus.max(most - place as f32);
                }
            }
        }
        let lookups: Vec<&str> = LOOKUPS
            .iter()
            .filter(|(word, _)| scheduled && speaks_of(word))
            .map(|(_, lookup)| *lookup)
            .collect();

        for (at, (name, _)) in self.entries.iter().enumerate() {
            let mut bonus = usual.get(name.as_str()).copied().unwrap_or_default();
            match name.as_str() {
                "scheduled_time" if scheduled => bonus += 30.0,
                "scheduled_time" => scores[at] *= 0.5,
                // Most requests that speak of tags want them put on something.
                "customer_tags_added" | "customer_tags_removed" if !tagged => scores[at] *= 0.35,
                "wait" if waits => bonus += 30.0,
                "wait" => scores[at] = 0.0,
                name if STATEMENTS.contains(&name) => scores[at] = 0.0,
                name if name.starts_with("get_") => {
                    if scheduled {
                        bonus += if lookups.contains(&name) { 8.0 } else { 0.0 };
                    } else {
                        // A trigger brings its own objects; looking them up is the exception.
                        scores[at] *= 0.5;
                    }
                }
                _ => {}
            }
            scores[at] += bonus;
        }
        scores
    }

    /// Puts the tasks of connectors that the request names at the top.
    pub(super) fn named_connectors<'a>(
        &self,
        catalog: &'a Catalog,
        query: &str,
        found: Vec<&'a Task>,
        limit: usize,
    ) -> Vec<&'a Task> {
        let query = plain(query).join(" ");
        let named = |task: &&Task| {
            let connector = task.connector.as_ref();
            connector.is_some_and(|connector| names(&query, connector))
        };
        let missing: Vec<&Task> = catalog
            .tasks()
            .filter(named)
            .filter(|task| !found.iter().any(|known| known.id == task.id))
            .take(limit / 2)
            .collect();
        if missing.is_empty() {
            return found;
        }
        let mut kept = found;
        for task in missing {
            let same = task.task_type;
            let last = kept
                .iter()
                .rposition(|known| known.task_type == same && !named(known));
            match last {
                Some(last) if kept.len() >= limit => {
                    kept.remove(last);
                    let end = kept
                        .iter()
                        .rposition(|known| known.task_type == same)
                        .map_or(kept.len(), |at| at + 1);
                    kept.insert(end, task);
                }
                _ => kept.push(task),
            }
        }
        kept.sort_by_key(|task| task.task_type != TaskType::Trigger);
        kept
    }

    /// The apps that a request needs and the store lacks: those it names, and those whose tasks it
    /// means where no other app's serves. At most two, in the order of their names.
    pub fn not_installed(&self, query: &str, editing: bool) -> Vec<&str> {
        let ranked = self.ranker.rank(query, editing);
        let words = plain(query).join(" ");
        let probability =
            |task: &str| -> f32 { ranked.of(&Label::Task(task.to_string())).unwrap_or(0.0) };
        // What an app at hand can do as well is not missing.
        let at_hand = self
            .apps
            .iter()
            .map(|task| probability(task))
            .fold(0.0, f32::max);
        let mut found: Vec<&str> = self
            .elsewhere
            .iter()
            .filter(|(task, app)| {
                names(&words, app) || probability(task) >= MISSED.max(3.0 * at_hand)
            })
            .map(|(_, app)| app.as_str())
            .collect();
        found.sort_unstable();
        found.dedup();
        found.truncate(2);
        found
    }

    /// [`SearchIndex::tasks`], with the tasks of connectors that the request names always among them.
    pub fn task_search<'a>(
        &self,
        catalog: &'a Catalog,
        query: &str,
        editing: bool,
        limit: usize,
    ) -> Vec<&'a Task> {
        let found = self.tasks(catalog, query, editing, limit);
        self.named_connectors(catalog, query, found, limit)
    }
}

/// First words of apps' names that by themselves name no app.
const EVERYDAY: [&str; 3] = ["customer", "account", "google"];

/// Whether the words of a request name an app.
fn names(words: &str, app: &str) -> bool {
    let name = plain(app).join(" ");
    let first = name.split(' ').next().unwrap_or_default();
    let telling = first.len() > 4 && !EVERYDAY.contains(&first);
    words.contains(name.trim_end_matches('s')) || (telling && words.contains(first))
}

/// The tasks of apps we know that a catalogue lacks, each with its app.
fn elsewhere(catalog: &Catalog) -> Vec<(String, String)> {
    let installed: Vec<&String> = catalog
        .tasks()
        .filter_map(|task| task.connector.as_ref())
        .collect();
    Catalog::builtin()
        .tasks()
        .filter_map(|task| Some((task.name.clone(), task.connector.clone()?)))
        .filter(|(_, app)| !installed.contains(&app))
        .collect()
}

/// The tasks that fit a request best. Builds an index; keep a [`SearchIndex`] to search often.
pub fn task_search<'a>(catalog: &'a Catalog, query: &str, limit: usize) -> Vec<&'a Task> {
    SearchIndex::new(catalog).task_search(catalog, query, false, limit)
}

/// What a task is found by.
fn text(task: &Task) -> String {
    let aliases = TASKS
        .iter()
        .find(|(name, _)| *name == task.name)
        .map_or("", |(_, words)| words);
    let connector = task.connector.as_deref().unwrap_or_default();
    format!(
        "{label} {label} {} {aliases} {connector}",
        task.description.replace("Runs when", ""),
        label = task.label,
    )
}

/// How much a match counts: what merchants speak of often counts more than the rest, and a connector
/// that was installed was installed to be used.
fn usual(task: &Task) -> f32 {
    if let Some((_, weight)) = SELDOM.iter().find(|(name, _)| *name == task.name) {
        return *weight;
    }
    let spoken_of = TASKS.iter().any(|(name, _)| *name == task.name);
    match (spoken_of, &task.connector) {
        (true, Some(_)) => 1.25,
        (true, None) => 1.0,
        (false, Some(_)) => 0.9,
        (false, None) => 0.75,
    }
}

const UNITS: [&str; 10] = [
    "minute", "minutes", "hour", "hours", "day", "days", "week", "weeks", "month", "months",
];

const DAYS: [&str; 7] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
];

/// Whether the request names points in time rather than an event.
pub(super) fn speaks_of_times(words: &[String]) -> bool {
    let single = [
        "daily",
        "nightly",
        "hourly",
        "weekly",
        "monthly",
        "midnight",
        "schedule",
        "scheduled",
        "quarterly",
        "yearly",
    ];
    let moment = |word: &str| {
        let unit = UNITS.contains(&word) || word == "year";
        let part = ["morning", "evening", "night", "noon", "weekday", "weekend"].contains(&word);
        unit || part || DAYS.contains(&word.trim_end_matches('s'))
    };
    words.iter().enumerate().any(|(at, word)| {
        let next = |ahead: usize| words.get(at + ahead).map_or("", String::as_str);
        let number = next(1).bytes().all(|byte| byte.is_ascii_digit()) && !next(1).is_empty();
        match word.as_str() {
            word if single.contains(&word) => true,
            "every" | "each" => {
                moment(next(1)) || ((number || next(1) == "other") && moment(next(2)))
            }
            "once" => next(1) == "a" && moment(next(2)),
            "at" => {
                let clock = |suffix| {
                    next(1).strip_suffix(suffix).is_some_and(|hour| {
                        !hour.is_empty() && hour.bytes().all(|b| b.is_ascii_digit())
                    })
                };
                clock("am")
                    || clock("pm")
                    || next(1) == "noon"
                    || (number && ["am", "pm"].contains(&next(2)))
            }
            "on" => DAYS
                .iter()
                .any(|day| next(1).strip_suffix('s') == Some(day)),
            _ => false,
        }
    })
}

/// Whether the request has something happen after a while.
pub(super) fn speaks_of_waiting(words: &[String]) -> bool {
    words.iter().enumerate().any(|(at, word)| {
        let next = |ahead: usize| words.get(at + ahead).map_or("", String::as_str);
        match word.as_str() {
            "wait" | "later" | "delay" => true,
            "after" | "for" | "in" => {
                let unit = |ahead| UNITS.contains(&next(ahead));
                unit(2) || (unit(3) && next(2) != "the")
            }
            unit if UNITS.contains(&unit) => ["after", "have", "passed"].contains(&next(1)),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        plain(text)
    }

    #[test]
    fn times_and_waits_are_told_from_events() {
        for (text, times, waits) in [
            ("every Monday at 6am", true, false),
            ("every 2 hours check stock", true, false),
            ("each night at 2", true, false),
            ("on Fridays send a report", true, false),
            ("daily summary", true, false),
            ("every time an order is paid", false, false),
            ("each line item", false, false),
            ("at checkout", false, false),
            ("wait 3 days", false, true),
            ("two days later remind them", false, true),
            ("out of stock for a week", false, true),
            ("after 30 minutes release the hold", false, true),
            ("for each order", false, false),
        ] {
            assert_eq!(speaks_of_times(&words(text)), times, "times: {text}");
            assert_eq!(speaks_of_waiting(&words(text)), waits, "waits: {text}");
        }
    }

    #[test]
    fn a_request_gets_a_mix_of_triggers_and_actions() {
        let catalog = Catalog::builtin().with_connectors::<&str>(&[]);
        let index = SearchIndex::new(&catalog);
        for query in ["", "xyzzy", "tag orders", "refund", "every day at 9am"] {
            let found = index.task_search(&catalog, query, false, LIMIT);
            let triggers = found
                .iter()
                .filter(|task| task.task_type == TaskType::Trigger)
                .count();
            assert!(found.len() <= LIMIT && triggers >= 1, "{query}");
            assert!(found.len() > triggers, "{query}");
        }
        assert!(index.task_search(&catalog, "xyzzy", true, LIMIT).is_empty());
    }

    #[test]
    fn the_same_request_always_finds_the_same() {
        let catalog = Catalog::builtin();
        let names = || -> Vec<String> {
            task_search(&catalog, "email the team about big orders", LIMIT)
                .iter()
                .map(|task| task.name.clone())
                .collect()
        };
        let first = names();
        for _ in 0..3 {
            assert_eq!(names(), first);
        }
    }

    #[test]
    fn everyday_requests_find_their_tasks() {
        let catalog = Catalog::builtin().with_connectors(&["Slack", "Google Sheets"]);
        let index = SearchIndex::new(&catalog);
        for (query, wanted) in [
            (
                "When a buyer places an order over $500, label it VIP",
                "order_created add_order_tags",
            ),
            (
                "cancel risky orders and restock",
                "order_risk_analyzed cancel_order",
            ),
            (
                "post to Slack #ops when a chargeback comes in",
                "dispute_created slack_send_message",
            ),
            (
                "log every new order in a spreadsheet",
                "order_created google_sheets_add_row",
            ),
            (
                "hide products when they sell out",
                "variant_out_of_stock hide_product",
            ),
            (
                "publish products that are back in stock",
                "variant_back_in_stock publish_product",
            ),
            (
                "hold fulfillment of high risk orders",
                "order_risk_analyzed hold_fulfillment_order",
            ),
            (
                "thank customers by email for their first order",
                "order_created send_marketing_email",
            ),
            (
                "every morning email me a summary of unfulfilled orders",
                "scheduled_time get_order_data send_email",
            ),
            (
                "wait one hour after an abandoned cart, then remind the customer",
                "abandoned_checkout wait send_marketing_email",
            ),
            (
                "save the delivery date on the order as a metafield",
                "order_created update_order_metafield",
            ),
            (
                "let the team know when stock falls below 5",
                "inventory_quantity_changed send_email",
            ),
            (
                "archive orders once they are fulfilled",
                "order_fulfilled archive_order",
            ),
            (
                "capture the payment when the order is fulfilled",
                "order_fulfilled capture_payment",
            ),
            (
                "remove the tag new from customers when they order again",
                "order_created remove_customer_tags",
            ),
            (
                "add new products to the collection New arrivals",
                "product_created add_product_to_collections",
            ),
            (
                "send the invoice when a draft order is created",
                "draft_order_created send_draft_order_invoice",
            ),
            (
                "call our webhook when an order is paid",
                "order_paid send_http_request",
            ),
            (
                "tag customers who subscribe to the newsletter",
                "customer_subscribed_to_email_marketing add_customer_tags",
            ),
            (
                "add a free gift to orders above 100",
                "order_created add_order_line_item",
            ),
        ] {
            let found = index.task_search(&catalog, query, false, LIMIT);
            let names: Vec<&str> = found.iter().map(|task| task.name.as_str()).collect();
            for name in wanted.split(' ') {
                assert!(names.contains(&name), "{query}: no {name} in {names:?}");
            }
        }
    }
}
