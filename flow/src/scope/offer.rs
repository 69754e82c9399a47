//! What a step can read, as a list to choose from: a few fitting paths, the usual ones first.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

use crate::catalog::{Catalog, TypeRef, Variable};
use crate::condition::{Expr, Operand};
use crate::sorted::{SortedSet, sort_by_key};

/// No more objects than this are opened in one search.
const MAX_OPENED: usize = 1_500;

/// Paths have at most this many steps; those inside an amount of money do not count.
const MAX_DEPTH: usize = 4;

/// What a level more costs, in places: the fifth field of an object comes before the first field of
/// an object inside of it.
const LEVEL: usize = 4;

/// What a path must lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted<'a> {
    /// A value or a list, for a condition or a text.
    Values,
    /// A list, for a loop.
    Lists,
    /// One object of this type, for example `Order`.
    Objects(&'a str),
}

/// A path that a step can read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// For example `order.customer.email`.
    pub path: String,
    /// The type of one value.
    pub ty: String,
    /// The first list on the way, the end included, when the path stands for many values.
    pub list: Option<String>,
    /// Shopify has something newer.
    pub deprecated: bool,
}

/// What a path leads to; `None` when it leads nowhere.
pub fn describe(catalog: &Catalog, scope: &[Variable], path: &str) -> Option<Offered> {
    let resolved = catalog.resolve(scope, path).ok()?;
    let mut list = None;
    let mut owner: Option<String> = None;
    let mut deprecated = false;
    let ends = path.match_indices('.').map(|(at, _)| at);
    for end in ends.chain([path.len()]) {
        let part = path.get(..end)?;
        let ty = catalog.resolve(scope, part).ok()?.ty;
        if let (Some(owner), Some((_, field))) = (&owner, part.rsplit_once('.')) {
            deprecated = is_deprecated(catalog, owner, field);
        }
        if ty.list && list.is_none() {
            list = Some(part.to_string());
        }
        owner = Some(ty.name);
    }
    Some(Offered {
        path: path.to_string(),
        ty: resolved.ty.name,
        list,
        deprecated,
    })
}

/// Every path a condition reads, as it is written there; those that lead nowhere are left out.
pub fn read_by(catalog: &Catalog, scope: &[Variable], expr: &Expr) -> Vec<Offered> {
    let mut found = Vec::new();
    let mut scope = scope.to_vec();
    read(catalog, &mut scope, expr, &mut found);
    found
}

fn read(catalog: &Catalog, scope: &mut Vec<Variable>, expr: &Expr, found: &mut Vec<Offered>) {
    let add = |scope: &[Variable], path: &str, found: &mut Vec<Offered>| {
        if !found.iter().any(|known| known.path == path)
            && let Some(offered) = describe(catalog, scope, path)
        {
            found.push(offered);
        }
    };
    match expr {
        Expr::Compare { path, value, .. } => {
            add(scope, path, found);
            if let Some(Operand::Path(other)) = value {
                add(scope, other, found);
            }
        }
        // Conditions that were read nest no deeper than `condition::MAX_DEPTH`.
        Expr::And(parts) | Expr::Or(parts) => {
            for part in parts {
                read(catalog, scope, part, found);
            }
        }
        Expr::Not(inner) => read(catalog, scope, inner, found),
        Expr::List {
            path, item, body, ..
        } => {
            add(scope, path, found);
            let ty = match catalog.resolve(scope, path) {
                Ok(resolved) => resolved.ty.item(),
                Err(_) => return,
            };
            scope.push(Variable {
                name: item.clone(),
                ty,
            });
            read(catalog, scope, body, found);
            scope.pop();
        }
    }
}

/// Up to `most` paths that a step which sees `scope` can read, best first.
///
/// Every word of `search` must begin a word of the path; an empty search gives the usual fields.
/// With `under`, only what is inside of that object, or of the items of that list.
pub fn offer(
    catalog: &Catalog,
    scope: &[Variable],
    wanted: Wanted<'_>,
    under: Option<&str>,
    search: &str,
    most: usize,
) -> Vec<Offered> {
    let deprecated: SortedSet<&str> = catalog
        .types
        .deprecated
        .iter()
        .map(String::as_str)
        .collect();
    let mut waiting: BinaryHeap<Reverse<Found>> = BinaryHeap::new();
    if let Some(under) = under {
        if let Ok(resolved) = catalog.resolve(scope, under) {
            waiting.push(Reverse(Found {
                cost: 0,
                order: 0,
                path: under.to_string(),
                ty: resolved.ty.item(),
                list: None,
                deprecated: false,
                depth: 0,
                types: Vec::new(),
                is_start: true,
            }));
        }
    } else {
        let mut seen = SortedSet::new();
        // What is nearest to the step comes last in the scope, and hides what has its name.
        for (place, variable) in scope.iter().rev().enumerate() {
            if seen.insert(&variable.name) {
                waiting.push(Reverse(Found {
                    // The shop is always there, and rarely what is meant.
                    cost: if variable.name == "shop" { 150 } else { place },
                    order: place,
                    path: variable.name.clone(),
                    ty: variable.ty.clone(),
                    list: variable.ty.list.then(|| variable.name.clone()),
                    deprecated: false,
                    depth: 0,
                    types: Vec::new(),
                    is_start: false,
                }));
            }
        }
    }
    let asked = words(search);
    let mut hits: Vec<(usize, Found)> = Vec::new();
    let (mut opened, mut order) = (0, waiting.len());
    while let Some(Reverse(found)) = waiting.pop() {
        let fits = !found.is_start && fits(catalog, wanted, &found);
        if fits && let Some(distance) = distance(search, &asked, &found.path) {
            hits.push((distance, found.clone()));
            if asked.is_empty() && hits.len() >= most {
                break;
            }
        }
        let through_list = found.list.is_some() && wanted != Wanted::Values;
        if found.depth >= MAX_DEPTH
            || through_list
            || opened >= MAX_OPENED
            || found.types.contains(&found.ty.name)
        {
            continue;
        }
        let Some(fields) = catalog.types.objects.get(&found.ty.name) else {
            continue;
        };
        opened += 1;
        let mut types = found.types.clone();
        types.push(found.ty.name.clone());
        let money = is_money(&found.ty.name);
        for (place, (name, ty)) in fields.iter().enumerate() {
            let old = deprecated.contains(format!("{}.{name}", found.ty.name).as_str());
            let path = format!("{}.{name}", found.path);
            let list = found.list.clone();
            order += 1;
            waiting.push(Reverse(Found {
                cost: found.cost
                    + if money { 0 } else { place + LEVEL }
                    + if ty.list { 2 } else { 0 }
                    + field_cost(name, old),
                order,
                list: list.or_else(|| ty.list.then(|| path.clone())),
                path,
                ty: ty.clone(),
                deprecated: old,
                depth: found.depth + usize::from(!money),
                types: types.clone(),
                is_start: false,
            }));
        }
    }
    sort_by_key(&mut hits, |(distance, found)| {
        (*distance, found.cost, found.order)
    });
    hits.truncate(most);
    hits.into_iter()
        .map(|(_, found)| Offered {
            path: found.path,
            ty: found.ty.name,
            list: found.list,
            deprecated: found.deprecated,
        })
        .collect()
}

/// A path on the way, cheapest first.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    cost: usize,
    order: usize,
    path: String,
    ty: TypeRef,
    list: Option<String>,
    deprecated: bool,
    depth: usize,
    /// The types of the objects it leads through, so that no search goes round in circles.
    types: Vec<String>,
    /// What is looked under; it is no answer itself.
    is_start: bool,
}

impl Ord for Found {
    fn cmp(&self, other: &Found) -> std::cmp::Ordering {
        (self.cost, self.order).cmp(&(other.cost, other.order))
    }
}

impl PartialOrd for Found {
    fn partial_cmp(&self, other: &Found) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// An amount, in the shop's currency and the customer's: people mean the amount.
fn is_money(ty: &str) -> bool {
    matches!(ty, "MoneyBag" | "MoneyV2")
}

fn field_cost(name: &str, deprecated: bool) -> usize {
    let odd = match name {
        "presentmentMoney" => 500,
        "id" => 12,
        "legacyResourceId" => 200,
        "currencyCode" => 20,
        _ => 0,
    };
    odd + if deprecated { 1_000 } else { 0 }
}

fn fits(catalog: &Catalog, wanted: Wanted<'_>, found: &Found) -> bool {
    match wanted {
        Wanted::Values => found.ty.list || catalog.is_scalar(&found.ty.name),
        Wanted::Lists => found.ty.list,
        Wanted::Objects(ty) => found.ty.name == ty && found.list.is_none(),
    }
}

fn is_deprecated(catalog: &Catalog, owner: &str, field: &str) -> bool {
    let name = format!("{owner}.{field}");
    catalog.types.deprecated.contains(&name)
}

/// How far a path is from what is searched; `None` when it is something else.
fn distance(search: &str, asked: &[String], path: &str) -> Option<usize> {
    let search = search.trim();
    // Who types a path means the path.
    let typed = path
        .get(..search.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(search));
    if asked.is_empty() || (typed && search.contains('.')) {
        return Some(0);
    }
    // `order.totalPriceSet.shopMoney.amount` is the order's total price.
    let path = path.replace("Set.shopMoney.amount", "");
    let segments: Vec<Vec<String>> = path.split('.').map(words).collect();
    let met = |asked: &String| {
        let mut there = segments.iter().flatten();
        there.any(|word| word.starts_with(asked.as_str()))
    };
    if !asked.iter().all(met) {
        return None;
    }
    let asks_for = |segment: &Vec<String>| {
        segment
            .iter()
            .any(|word| asked.iter().any(|asked| word.starts_with(asked.as_str())))
    };
    let other = segments.iter().filter(|segment| !asks_for(segment));
    Some(1 + other.count())
}

/// `order.totalPrice` has the words `order`, `total` and `price`.
fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut before_lower = false;
    for c in text.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && before_lower) {
            if !word.is_empty() {
                out.push(std::mem::take(&mut word));
            }
            if !c.is_alphanumeric() {
                before_lower = false;
                continue;
            }
        }
        before_lower = c.is_lowercase() || c.is_numeric();
        word.extend(c.to_lowercase());
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(variables: &[(&str, &str)]) -> Vec<Variable> {
        variables
            .iter()
            .map(|(name, ty)| Variable {
                name: (*name).to_string(),
                ty: TypeRef::parse(ty),
            })
            .collect()
    }

    fn order() -> Vec<Variable> {
        scope(&[("shop", "Shop"), ("order", "Order")])
    }

    fn paths(wanted: Wanted<'_>, under: Option<&str>, search: &str) -> Vec<String> {
        offer(&Catalog::builtin(), &order(), wanted, under, search, 30)
            .into_iter()
            .map(|offered| offered.path)
            .collect()
    }

    #[test]
    fn usual_fields_come_first_and_amounts_are_one_step() {
        let found = paths(Wanted::Values, None, "");
        let place = |path: &str| found.iter().position(|known| known == path);
        assert_eq!(found.len(), 30);
        assert_eq!(place("order.name"), Some(0), "{found:?}");
        assert!(place("order.totalPriceSet.shopMoney.amount").is_some_and(|at| at < 8));
        assert!(place("order.customer.displayName").is_some(), "{found:?}");
        assert!(!found.iter().any(|path| path.contains("presentment")));
    }

    #[test]
    fn searches_find_by_the_beginnings_of_words() {
        for (search, first) in [
            ("total price", "order.totalPriceSet.shopMoney.amount"),
            ("customer first", "order.customer.firstName"),
            ("order.customer.em", "order.customer.email"),
            ("order.name", "order.name"),
            ("sku", "order.lineItems.sku"),
            ("vendor", "order.lineItems.vendor"),
            ("shop email", "shop.email"),
        ] {
            let found = paths(Wanted::Values, None, search);
            assert_eq!(
                found.first().map(String::as_str),
                Some(first),
                "{search}: {found:?}"
            );
        }
        assert_eq!(paths(Wanted::Values, None, "zzz"), Vec::<String>::new());
    }

    #[test]
    fn deprecated_fields_come_after_what_replaces_them() {
        let found = offer(
            &Catalog::builtin(),
            &order(),
            Wanted::Values,
            None,
            "order total price",
            30,
        );
        let place = |path: &str| found.iter().position(|offered| offered.path == path);
        let (new, old) = (
            place("order.totalPriceSet.shopMoney.amount"),
            place("order.totalPrice"),
        );
        assert!(new.is_some() && old.is_some() && new < old, "{found:?}");
        assert!(old.is_some_and(|at| found[at].deprecated));
    }

    #[test]
    fn objects_are_of_the_type_and_never_many() {
        let found = paths(Wanted::Objects("Customer"), None, "");
        assert_eq!(found.first().map(String::as_str), Some("order.customer"));
        assert!(!found.iter().any(|path| path.contains("lineItems")));
        let item = scope(&[("lineItemsForeachitem", "LineItem"), ("order", "Order")]);
        let found = offer(
            &Catalog::builtin(),
            &item,
            Wanted::Objects("Product"),
            None,
            "",
            5,
        );
        assert!(
            found
                .iter()
                .any(|offered| offered.path == "lineItemsForeachitem.product"),
            "{found:?}"
        );
    }

    #[test]
    fn lists_are_offered_for_loops() {
        let found = paths(Wanted::Lists, None, "");
        assert!(found.contains(&"order.lineItems".to_string()), "{found:?}");
        assert!(found.contains(&"order.tags".to_string()));
        assert!(!found.contains(&"order.name".to_string()));
    }

    #[test]
    fn under_a_list_are_the_fields_of_its_items() {
        let found = offer(
            &Catalog::builtin(),
            &order(),
            Wanted::Values,
            Some("order.lineItems"),
            "",
            40,
        );
        assert!(found.iter().all(|offered| {
            offered.path.starts_with("order.lineItems.")
                && offered.list.as_deref() != Some("order.lineItems")
        }));
        assert!(
            found
                .iter()
                .any(|offered| offered.path == "order.lineItems.sku")
        );
    }

    #[test]
    fn what_a_condition_reads_is_described_as_it_is_written() {
        let catalog = Catalog::builtin();
        let text = "((order.test == true) && (order.lineItems any? |item| ((item.sku == order.name) || (item.nothing == 1))))";
        let expr = crate::condition::parse(text).expect("a condition");
        let found: Vec<(String, String)> = read_by(&catalog, &order(), &expr)
            .into_iter()
            .map(|offered| (offered.path, offered.ty))
            .collect();
        let pairs = [
            ("order.test", "Boolean"),
            ("order.lineItems", "LineItem"),
            ("item.sku", "String"),
            ("order.name", "String"),
        ];
        assert_eq!(
            found,
            pairs.map(|(path, ty)| (path.to_string(), ty.to_string()))
        );
    }

    #[test]
    fn a_path_is_described_with_the_list_it_leads_through() {
        let catalog = Catalog::builtin();
        let list = |path: &str| describe(&catalog, &order(), path).map(|found| found.list);
        assert_eq!(list("order.name"), Some(None));
        assert_eq!(list("order.tags"), Some(Some("order.tags".to_string())));
        assert_eq!(
            list("order.lineItems.sku"),
            Some(Some("order.lineItems".to_string()))
        );
        assert_eq!(list("order.nmae"), None);
        let old = describe(&catalog, &order(), "order.totalPrice").map(|found| found.deprecated);
        assert_eq!(old, Some(true));
    }
}
