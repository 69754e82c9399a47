//! `environment_paths`: the few fields of the environment that a request speaks of, among those that
//! the triggers found for it bring.
//!
//! The [ranker](super::ranker) says how likely each one is meant;
//! BM25 finds those that it does not know.

use std::collections::BTreeMap;

use bm25::{EmbedderBuilder, Scorer};
use flow::catalog::{Catalog, Task, Variable};
use flow::workflow::TaskType;

use super::aliases::{HOPS, PATHS};
use super::ranker::Label;
use super::task_search::SearchIndex;
use super::words::{Words, embedding, path_words};

/// How many paths the model is shown.
pub const LIMIT: usize = 6;

/// A field that is at least this likely to be meant is listed.
const LIKELY: f32 = 0.015;

/// Where no field is likelier than this, the best match of BM25 is listed too.
const SURE: f32 = 0.5;

/// Verbs and nouns of actions; at the head of a clause they say what to do, not what to look at.
const DOING: [&str; 12] = [
    "tag", "add", "email", "send", "notify", "set", "write", "remove", "create", "update", "post",
    "copy",
];

/// Subjects that almost every path is about: they rank paths, but alone they find none.
const SUBJECTS: [&str; 4] = ["order", "customer", "product", "variant"];

/// The fields that can be found, for every type a trigger brings.
pub(super) struct PathIndex {
    scorer: Scorer<usize, u64>,
    /// The path from its type, and how usual it is.
    paths: Vec<(String, f32)>,
    /// Type to the places of its paths.
    types: BTreeMap<String, std::ops::Range<usize>>,
}

impl PathIndex {
    pub(super) fn new(catalog: &Catalog) -> PathIndex {
        let catalog = &catalog.offered();
        let mut roots: Vec<&str> = catalog
            .tasks()
            .flat_map(|task| task.adds.iter())
            .map(|variable| variable.ty.name.as_str())
            .chain(["Shop"])
            .collect();
        roots.sort_unstable();
        roots.dedup();

        let mut paths = Vec::new();
        let mut texts = Vec::new();
        let mut types = BTreeMap::new();
        for root in roots {
            let start = paths.len();
            for (path, words, weight) in paths_of(catalog, root, 2) {
                texts.push(format!("{} {words}", path_words(&path)));
                paths.push((path, weight));
            }
            types.insert(root.to_string(), start..paths.len());
        }
        let corpus: Vec<&str> = texts.iter().map(String::as_str).collect();
        let embedder =
            EmbedderBuilder::<u64, Words>::with_tokenizer_and_fit_to_corpus(Words::new(), &corpus)
                .b(0.25)
                .build();
        let mut scorer = Scorer::new();
        for (at, text) in texts.iter().enumerate() {
            scorer.upsert(&at, embedder.embed(text));
        }
        PathIndex {
            scorer,
            paths,
            types,
        }
    }
}

/// The fields of a type worth finding: path, words, weight.
fn paths_of(catalog: &Catalog, root: &str, hops: usize) -> Vec<(String, String, f32)> {
    let mut found: Vec<(String, String, f32)> = PATHS
        .iter()
        .filter(|(from, ..)| *from == root)
        .map(|(_, path, words)| (path.to_string(), words.to_string(), 1.0))
        .collect();
    if hops > 0 {
        for (_, field, to, words) in HOPS.iter().filter(|(from, ..)| *from == root) {
            for (path, more, weight) in paths_of(catalog, to, hops - 1) {
                // Fields without words of their own are too many to be found through other types.
                if weight >= 0.9 {
                    found.push((
                        format!("{field}.{path}"),
                        format!("{words} {more}"),
                        0.97 * weight,
                    ));
                }
            }
        }
    }
    for (field, ty) in catalog.types.objects.get(root).into_iter().flatten() {
        let known = found.iter().any(|(path, ..)| path == field);
        let deprecated = || {
            let name = format!("{root}.{field}");
            catalog.types.deprecated.contains(&name)
        };
        if !known && catalog.is_scalar(&ty.name) && !field.ends_with("Id") && !deprecated() {
            found.push((field.clone(), String::new(), 0.6));
        }
    }
    found
}

impl SearchIndex {
    /// Up to [`LIMIT`] fields as `path: Type`, likeliest first.
    ///
    /// Only variables of the triggers among `tasks` count, and, as the `item` of a loop, what the
    /// tasks look up and the lists that are likely gone through.
    pub fn environment_paths(
        &self,
        catalog: &Catalog,
        query: &str,
        tasks: &[&Task],
        editing: bool,
    ) -> Vec<String> {
        let variables: Vec<Variable> = tasks
            .iter()
            .filter(|task| task.task_type == TaskType::Trigger)
            .flat_map(|task| task.adds.iter().cloned())
            .collect();
        let ranked = self.ranker.rank(query, editing);
        let likely: Vec<(&str, f32)> = ranked
            .paths()
            .into_iter()
            .take_while(|(_, probability)| *probability >= LIKELY)
            .collect();
        let looked_up = tasks.iter().filter_map(|task| task.output()).cloned();
        let gone_through = likely.iter().filter_map(|(path, _)| {
            let ty = catalog.resolve(&variables, path).ok()?.ty;
            (ty.list && !catalog.is_scalar(&ty.name)).then(|| Variable {
                name: String::new(),
                ty,
            })
        });
        let items: Vec<Variable> = looked_up
            .chain(gone_through)
            .filter(|variable| variable.ty.list)
            .map(|variable| Variable {
                name: "item".to_string(),
                ty: variable.ty.item(),
            })
            .collect();
        let typed = |path: &str| {
            let in_loop = items
                .iter()
                .filter(|_| path.starts_with("item."))
                .find_map(|item| catalog.resolve(std::slice::from_ref(item), path).ok());
            let resolved = in_loop.or_else(|| catalog.resolve(&variables, path).ok())?;
            Some(format!("{path}: {}", resolved.ty))
        };
        let mut found: Vec<String> = likely.iter().filter_map(|(path, _)| typed(path)).collect();
        if likely
            .first()
            .is_none_or(|(_, probability)| *probability < SURE)
        {
            let matched = self.matched_paths(catalog, query, tasks);
            let unknown = matched.into_iter().take(1).filter(|line| {
                let path = line.split(": ").next().unwrap_or_default();
                ranked.of(&Label::Path(path.to_string())).is_none()
            });
            found.truncate(LIMIT - 1);
            found.extend(unknown);
        }
        found.truncate(LIMIT);
        found
    }

    /// Fields as `path: Type` by BM25, best first.
    fn matched_paths(&self, catalog: &Catalog, query: &str, tasks: &[&Task]) -> Vec<String> {
        let mut variables: Vec<(String, String, f32)> = Vec::new();
        let mut push = |name: &str, ty: &str, weight: f32| {
            if !variables.iter().any(|(known, ..)| known == name) {
                variables.push((name.to_string(), ty.to_string(), weight));
            }
        };
        let triggers: Vec<&&Task> = tasks
            .iter()
            .filter(|task| task.task_type == TaskType::Trigger)
            .collect();
        let scheduled = triggers
            .first()
            .is_some_and(|task| task.name == "scheduled_time");
        if scheduled {
            let lists = tasks.iter().filter_map(|task| task.output());
            for output in lists.filter(|output| output.ty.list).take(1) {
                push("item", &output.ty.name, 1.0);
            }
        }
        for (place, task) in triggers.iter().enumerate() {
            let weight = match (scheduled, place) {
                (_, 0) => 1.0,
                (true, _) => 0.3,
                (false, _) => 0.85,
            };
            for variable in &task.adds {
                push(&variable.name, &variable.ty.name, weight);
            }
        }

        let words = self
            .words
            .unique(&what_to_look_at(&self.words.meant(query)));
        let subjects = SUBJECTS
            .iter()
            .flat_map(|subject| self.words.unique(subject));
        let known: Vec<String> = subjects.collect();
        let (subjects, words): (Vec<String>, Vec<String>) =
            words.into_iter().partition(|word| known.contains(word));
        let matches: BTreeMap<usize, f32> = self
            .paths
            .scorer
            .matches(&embedding(&words))
            .into_iter()
            .map(|found| (found.id, found.score))
            .collect();
        let mut found: Vec<(f32, usize, String)> = Vec::new();
        for (place, (name, ty, weight)) in variables.iter().enumerate() {
            let Some(range) = self.paths.types.get(ty) else {
                // A scalar such as the old status of a product is a path by itself.
                if catalog.is_scalar(ty) && ty != "JSON" && self.mentioned(&words, name) > 0 {
                    found.push((3.0 * weight, place, format!("{name}: {ty}")));
                }
                continue;
            };
            for at in range.clone() {
                let (Some(score), Some((path, usual))) =
                    (matches.get(&at), self.paths.paths.get(at))
                else {
                    continue;
                };
                let full = format!("{name}.{path}");
                let named = 1.0 + 0.15 * self.mentioned(&subjects, &full) as f32;
                if let Some(ty) = type_at(catalog, ty, path) {
                    found.push((score * usual * weight * named, at, format!("{full}: {ty}")));
                }
            }
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let least = found.first().map_or(0.0, |(score, ..)| score * 0.25);
        found.retain(|(score, ..)| *score >= least);
        found.dedup_by(|a, b| a.2 == b.2);
        found.into_iter().map(|(_, _, text)| text).collect()
    }

    /// How many of the words are in a path.
    fn mentioned(&self, words: &[String], path: &str) -> usize {
        let path = self.words.unique(&path_words(path));
        words.iter().filter(|word| path.contains(word)).count()
    }
}

/// The fields that a request speaks of. Builds an index; keep a [`SearchIndex`] to search often.
pub fn environment_paths(catalog: &Catalog, query: &str, tasks: &[&Task]) -> Vec<String> {
    SearchIndex::new(catalog).environment_paths(catalog, query, tasks, false)
}

/// The request without the verbs that head its clauses.
fn what_to_look_at(meant: &[String]) -> String {
    let head = meant
        .iter()
        .take_while(|word| DOING.contains(&word.as_str()))
        .count();
    let rest = meant.get(head..).unwrap_or_default();
    if rest.is_empty() { meant } else { rest }.join(" ")
}

/// The type at the end of a path from a type.
fn type_at(catalog: &Catalog, root: &str, path: &str) -> Option<String> {
    let variable = flow::catalog::Variable {
        name: "it".to_string(),
        ty: flow::catalog::TypeRef::parse(root),
    };
    let resolved = catalog.resolve(&[variable], &format!("it.{path}")).ok()?;
    Some(resolved.ty.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_with_words_of_its_own_exists() {
        let catalog = Catalog::builtin();
        for (root, path, _) in PATHS {
            assert!(type_at(&catalog, root, path).is_some(), "{root}.{path}");
        }
        for (root, field, to, _) in HOPS {
            let ty = catalog.types.objects[*root]
                .get(*field)
                .map(|ty| ty.name.as_str());
            assert_eq!(ty, Some(*to), "{root}.{field}");
        }
    }

    #[test]
    fn everyday_words_find_their_paths() {
        let catalog = Catalog::builtin().with_connectors(&["Yotpo"]);
        let index = SearchIndex::new(&catalog);
        for (query, wanted) in [
            (
                "tag orders over $500",
                "order.totalPriceSet.shopMoney.amount",
            ),
            (
                "tag orders by shipping country",
                "order.shippingAddress.countryCodeV2",
            ),
            (
                "tag customers on their first order",
                "order.customer.numberOfOrders",
            ),
            (
                "tag customers with a lifetime spend over 1000",
                "order.customer.amountSpent.amount",
            ),
            ("tag orders paid with PayPal", "order.paymentGatewayNames"),
            ("tag orders that used a discount code", "order.discountCode"),
            (
                "email us when stock is below 5",
                "productVariant.inventoryQuantity",
            ),
            (
                "tag orders with a product from vendor Acme",
                "order.lineItems.vendor",
            ),
            ("hold orders with high risk", "orderRiskLevel"),
            (
                "tag orders with express shipping",
                "order.shippingLine.title",
            ),
            (
                "email support when a negative review is left",
                "review.rating",
            ),
            (
                "every night, for each open order: tag it if the total is over 500",
                "item.totalPriceSet.shopMoney.amount",
            ),
            ("copy the order note to the customer's note", "order.note"),
            (
                "tag customers by email domain",
                "customer.defaultEmailAddress.emailAddress",
            ),
            (
                "archive the order once it is delivered",
                "fulfillmentEvent.status",
            ),
            (
                "read the cart attribute click_id on new orders",
                "order.customAttributes",
            ),
        ] {
            let tasks = index.task_search(&catalog, query, false, 8);
            let found = index.environment_paths(&catalog, query, &tasks, false);
            assert!(found.len() <= LIMIT);
            assert!(
                found
                    .iter()
                    .any(|line| line.split(':').next() == Some(wanted)),
                "{query}: no {wanted} in {found:?}"
            );
        }
    }
}
