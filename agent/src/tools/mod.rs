//! The tools of the model: searches over the catalogue, pure functions that return canonical text.
//!
//! Two of them run on every request before the model writes anything ([`task_search`] and
//! [`environment_paths`]); the model may call all of them. The text they return is part of what the
//! model is trained on, so a change here is a change of the contract.

mod aliases;
pub mod environment_paths;
pub mod needs;
pub mod ranker;
pub mod shop_resource_search;
pub mod task_configuration;
pub mod task_search;
pub mod template_search;
pub(crate) mod words;
pub mod workflow_lookup;

use std::sync::Arc;

use flow::catalog::{Catalog, FieldKind, Task};
use flow::workflow::TaskType;
use serde_json::Value;

pub use environment_paths::environment_paths;
pub use shop_resource_search::shop_resource_search;
pub use task_configuration::task_configuration;
pub use task_search::{SearchIndex, task_search};
pub use template_search::template_search;
pub use workflow_lookup::workflow_lookup;

/// What a tool returns when it finds nothing.
pub const NONE: &str = "none";

/// Runs a tool for a turn.
pub trait Tools: Send + Sync {
    /// The result of a tool as the model reads it. An unknown tool gives [`NONE`].
    fn call(&self, tool: &str, arguments: &Value) -> String;
}

/// The tools over the catalogue of a store.
///
/// Arguments are a string (what the model writes), or an object:
/// `query` the text; `editing` true where there is a workflow already; `tasks` the ids or names of
/// tasks for `environment_paths` (the current workflow's trigger, for example; without them a search
/// finds them); `workflows` for `workflow_lookup` as `[{"name","program"}]`; `resources` for
/// `shop_resource_search` as `[{"kind","name","id"}]`.
pub struct CatalogTools {
    catalog: Arc<Catalog>,
    index: SearchIndex,
}

impl CatalogTools {
    /// Prepares the searches over a store's catalogue.
    pub fn new(catalog: Arc<Catalog>) -> CatalogTools {
        CatalogTools {
            index: SearchIndex::new(&catalog),
            catalog,
        }
    }

    /// The catalogue that is searched.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// The searches themselves, for callers that want values rather than text.
    pub fn index(&self) -> &SearchIndex {
        &self.index
    }

    fn search(&self, query: &str, editing: bool) -> Vec<&Task> {
        self.index
            .task_search(&self.catalog, query, editing, task_search::LIMIT)
    }
}

impl Tools for CatalogTools {
    fn call(&self, tool: &str, arguments: &Value) -> String {
        let query = match arguments {
            Value::String(text) => text.as_str(),
            other => other.get("query").and_then(Value::as_str).unwrap_or(""),
        };
        let editing = arguments
            .get("editing")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        let list = |name: &str| -> &[Value] {
            let list = arguments.get(name).and_then(Value::as_array);
            list.map_or(&[], Vec::as_slice)
        };
        let lines = match tool {
            "task_search" => {
                let mut lines = signatures(&self.search(query, editing));
                let missing = self.index.not_installed(query, editing);
                lines.extend(missing.into_iter().map(not_installed));
                lines
            }
            "environment_paths" => {
                let given: Vec<&Task> = list("tasks")
                    .iter()
                    .filter_map(Value::as_str)
                    .filter_map(|name| find(&self.catalog, name))
                    .collect();
                let tasks = if given.is_empty() {
                    self.search(query, editing)
                } else {
                    given
                };
                self.index
                    .environment_paths(&self.catalog, query, &tasks, editing)
            }
            "task_configuration" => task_configuration(&self.catalog, query),
            "template_search" => template_search(query),
            "workflow_lookup" => workflow_lookup(query, list("workflows")),
            "shop_resource_search" => {
                let resources: Vec<shop_resource_search::Resource> = list("resources")
                    .iter()
                    .filter_map(|resource| serde_json::from_value(resource.clone()).ok())
                    .collect();
                shop_resource_search(query, &resources)
            }
            _ => Vec::new(),
        };
        if lines.is_empty() {
            return NONE.to_string();
        }
        lines.join("\n")
    }
}

/// The task with this name or id.
fn find<'a>(catalog: &'a Catalog, name: &str) -> Option<&'a Task> {
    let name = name.trim().trim_start_matches('@');
    catalog.task_named(name).or_else(|| catalog.task(name))
}

/// How an app that the store lacks stands among the results.
pub fn not_installed(app: &str) -> String {
    format!("not installed: {app}")
}

/// One signature per task.
pub fn signatures(tasks: &[&Task]) -> Vec<String> {
    tasks.iter().map(|task| signature(task)).collect()
}

/// A task as one line of Python.
///
/// `@order_created(order)`: a trigger and its variables; `@scheduled_time(scheduledAt; every, on?,
/// at?)` where it is configured too. `add_order_tags(order_id, tags)`: an action and its fields,
/// those it can do without last and with a question mark. `count = count(listpath)`: an action
/// whose output later steps read under that variable.
pub fn signature(task: &Task) -> String {
    let fields = fields(task).join(", ");
    match task.task_type {
        TaskType::Trigger => {
            let variables: Vec<&str> = task.adds.iter().map(|v| v.name.as_str()).collect();
            let config = if fields.is_empty() { "" } else { "; " };
            format!("@{}({}{config}{fields})", task.name, variables.join(", "))
        }
        _ => {
            let output = task.output().map(|output| format!("{} = ", output.name));
            format!("{}{}({fields})", output.unwrap_or_default(), task.name)
        }
    }
}

/// The arguments a task takes in the Python form, required ones first.
fn fields(task: &Task) -> Vec<String> {
    if task
        .fields
        .iter()
        .any(|field| field.kind == FieldKind::Recurrence)
    {
        return ["every", "on?", "at?"].map(str::to_string).to_vec();
    }
    if task.task_type == TaskType::Wait {
        return vec!["days".to_string()];
    }
    let name =
        |mark: &'static str| move |field: &flow::catalog::Field| format!("{}{mark}", field.id);
    let required = task
        .fields
        .iter()
        .filter(|field| field.must_be_given())
        .map(name(""));
    let optional = task
        .fields
        .iter()
        .filter(|field| !field.must_be_given())
        .map(name("?"));
    required.chain(optional).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tools() -> CatalogTools {
        CatalogTools::new(Arc::new(Catalog::builtin()))
    }

    #[test]
    fn signatures_are_lines_of_python() {
        let catalog = Catalog::builtin();
        for (name, expected) in [
            ("order_created", "@order_created(order)"),
            (
                "inventory_quantity_changed",
                "@inventory_quantity_changed(product, productVariant, inventoryQuantityPrior)",
            ),
            (
                "scheduled_time",
                "@scheduled_time(scheduledAt; every, on?, at?)",
            ),
            (
                "customer_joined_segment",
                "@customer_joined_segment(customer, segment; segment_id)",
            ),
            ("add_order_tags", "add_order_tags(order_id, tags)"),
            (
                "cancel_order",
                "cancel_order(order_id, reason, notify_customer?, refund?, restock?)",
            ),
            ("slack_send_message", "slack_send_message(channel, message)"),
            (
                "get_order_data",
                "getOrderData = get_order_data(query, sort_by?, max_root_records?)",
            ),
            ("wait", "wait(days)"),
        ] {
            let task = catalog.task_named(name).map(signature);
            assert_eq!(task.as_deref(), Some(expected));
        }
    }

    #[test]
    fn tools_answer_with_lines_of_text() {
        let tools = tools();
        for (tool, arguments, line) in [
            (
                "task_search",
                json!("tag orders over 500"),
                "add_order_tags(order_id, tags)",
            ),
            (
                "task_search",
                json!({"query": "tag orders"}),
                "@order_created(order)",
            ),
            (
                "environment_paths",
                json!("tag orders over 500"),
                "order.totalPriceSet.shopMoney.amount: Decimal",
            ),
            (
                "environment_paths",
                json!({"query": "only those tagged vip", "tasks": ["shopify::admin::order_created"]}),
                "order.customer.tags: [String]",
            ),
            (
                "task_configuration",
                json!("add_order_tags"),
                "add_order_tags(order_id, tags)",
            ),
            ("template_search", json!("vip customers"), "@order_paid"),
            ("workflow_lookup", json!("x"), NONE),
            ("shop_resource_search", json!("x"), NONE),
            ("no_such_tool", json!("x"), NONE),
        ] {
            let text = tools.call(tool, &arguments);
            assert!(
                text.lines().any(|known| known == line),
                "{tool} {arguments}: {text}"
            );
        }
    }

    #[test]
    fn a_search_is_fast() {
        let tools = tools();
        let query =
            "when an order over $500 from a new customer ships abroad, tag it and email the team";
        let started = std::time::Instant::now();
        for _ in 0..10 {
            tools.call("task_search", &json!(query));
        }
        let each = started.elapsed() / 10;
        println!("task_search: {each:?}");
        assert!(each.as_millis() < 50, "{each:?}");
        let started = std::time::Instant::now();
        for _ in 0..10 {
            tools.call(
                "environment_paths",
                &json!({"query": query, "tasks": ["order_created"]}),
            );
        }
        println!("environment_paths: {:?}", started.elapsed() / 10);
        let started = std::time::Instant::now();
        SearchIndex::new(tools.catalog());
        println!("index: {:?}", started.elapsed());
    }

    /// The share of requests of the public bench whose trigger and actions are all among the results.
    #[test]
    fn the_public_bench_finds_its_tasks() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../shared/bench/public.jsonl"
        );
        let Ok(text) = std::fs::read_to_string(path) else {
            return;
        };
        let all = Catalog::builtin();
        let (mut met, mut cases) = (0, 0);
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let case: Value = serde_json::from_str(line).expect("a case");
            let expect = &case["expect"];
            // An edit is about the tasks of its workflow, which the model sees anyway.
            if expect.get("trigger").is_none() || !case["workflow"].is_null() {
                continue;
            }
            let installed: Vec<String> = strings(&case["installed"]);
            let catalog = all.with_connectors(&installed);
            let query = case["request"].as_str().unwrap_or_default();
            let found =
                SearchIndex::new(&catalog).task_search(&catalog, query, false, task_search::LIMIT);
            let has = |wanted: &Value| {
                strings(wanted).iter().any(|id| {
                    found.iter().any(|task| match id.strip_prefix("app:") {
                        Some(app) => task.id.starts_with(app),
                        None => task.id == *id,
                    })
                })
            };
            let actions = expect["actions"].as_array().cloned().unwrap_or_default();
            let missing: Vec<&Value> = std::iter::once(&expect["trigger"])
                .chain(actions.iter().map(|action| &action["task"]))
                .filter(|wanted| !has(wanted))
                .collect();
            cases += 1;
            if missing.is_empty() {
                met += 1;
            } else {
                let names: Vec<&str> = found.iter().map(|task| task.name.as_str()).collect();
                println!("{query}\n  missing {missing:?}\n  found {names:?}");
            }
        }
        println!("recall: {met} of {cases}");
        assert!(
            cases > 0 && met * 10 >= cases * 9,
            "recall: {met} of {cases}"
        );
    }

    fn strings(list: &Value) -> Vec<String> {
        let list = list.as_array().into_iter().flatten();
        list.filter_map(|item| item.as_str().map(str::to_string))
            .collect()
    }
}
