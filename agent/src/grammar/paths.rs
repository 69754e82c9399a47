//! Field paths by type: what can follow a variable, and what can be said about it.

use std::collections::{BTreeMap, BTreeSet};

use flow::Workflow;
use flow::catalog::{Catalog, FieldKind, TypeRef};

use super::said::Said;
use super::scope::{Scopes, Seen, any};

/// Object types whose lists are reached over another object (`order.customer.tags`). Through other
/// types only their scalars are reached.
const HUBS: [&str; 14] = [
    "Order",
    "Customer",
    "Product",
    "ProductVariant",
    "LineItem",
    "Fulfillment",
    "FulfillmentOrder",
    "InventoryItem",
    "DraftOrder",
    "Company",
    "CompanyLocation",
    "SubscriptionContract",
    "Return",
    "OrderRiskSummary",
];

/// Further object types that are worth a loop of their own. Lists of others are tested in conditions
/// and printed in texts.
const LOOPED: [&str; 22] = [
    "AbandonedCheckoutLineItem",
    "Attribute",
    "Collection",
    "CompanyContact",
    "CustomerVisitProductInfo",
    "DiscountNode",
    "DraftOrderLineItem",
    "FulfillmentHold",
    "FulfillmentLineItem",
    "FulfillmentOrderLineItem",
    "FulfillmentTrackingInfo",
    "InventoryLevel",
    "InventoryTransferLineItem",
    "Metaobject",
    "OrderTransaction",
    "Refund",
    "RefundLineItem",
    "ReturnLineItemType",
    "SellingPlanGroup",
    "SelectedOption",
    "SubscriptionBillingAttempt",
    "SubscriptionLine",
];

/// Objects that a list is reached over besides the hubs.
const CARRIERS: [&str; 1] = ["AbandonedCheckout"];

/// Lists of texts that are worth a loop, by the last segment of their path.
const LOOPED_TEXTS: [&str; 1] = ["discountCodes"];

/// Enums of which two fields are compared with each other, with the letter of their rules: an address
/// abroad, a foreign currency.
const ALIKE: [(&str, &str); 2] = [("g", "CountryCode"), ("u", "CurrencyCode")];

/// Lists that no merchant's test goes through, and that are near at hand where nothing better is.
pub(super) const ASIDE: [&str; 3] = [
    "Customer.orders",
    "Customer.subscriptionContracts",
    "FulfillmentOrder.fulfillmentOrdersForMerge",
];

/// Whether a loop over a list of this type can be written.
fn is_looped(element: &str) -> bool {
    HUBS.contains(&element) || LOOPED.contains(&element)
}

/// Whether a loop over the list at a path can be written.
pub(super) fn can_loop(catalog: &Catalog, path: &str, element: &str) -> bool {
    let last = path.rsplit('.').next().unwrap_or(path);
    match catalog.is_scalar(element) {
        true => LOOPED_TEXTS.contains(&last),
        false => is_looped(element),
    }
}

/// The field that holds the code of a state, in every type that has one.
pub(super) const PART: &str = "provinceCode";

/// What a scalar type can be compared with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Text,
    /// The code of a state, province or region.
    Part,
    Number,
    Date,
    Boolean,
    Enum(String),
    /// JSON: anything goes.
    Open,
}

/// The class of a type that has no fields.
pub(super) fn class(catalog: &Catalog, name: &str) -> Class {
    if catalog.enum_values(name).is_some() {
        return Class::Enum(name.to_string());
    }
    match name {
        "Int" | "Float" | "Decimal" | "Money" | "UnsignedInt64" | "BigInt" => Class::Number,
        "Boolean" => Class::Boolean,
        "DateTime" | "Date" => Class::Date,
        "JSON" => Class::Open,
        _ => Class::Text,
    }
}

/// The lists that can be reached from a type: path and element type.
pub(super) fn lists(catalog: &Catalog, ty: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    gather(catalog, ty, &mut vec![ty.to_string()], "", &mut found);
    found
}

fn gather(
    catalog: &Catalog,
    ty: &str,
    on_the_way: &mut Vec<String>,
    prefix: &str,
    found: &mut Vec<(String, String)>,
) {
    let Some(fields) = catalog.types.objects.get(ty) else {
        return;
    };
    for (name, field) in fields {
        if is_deprecated(catalog, ty, name) {
            continue;
        }
        if field.list {
            // Over another object only the usual lists are reached.
            if prefix.is_empty() || catalog.is_scalar(&field.name) || is_looped(&field.name) {
                found.push((format!("{prefix}{name}"), field.name.clone()));
            }
        } else if (HUBS.contains(&field.name.as_str()) || CARRIERS.contains(&field.name.as_str()))
            && on_the_way.len() < 3
            && !on_the_way.contains(&field.name)
        {
            on_the_way.push(field.name.clone());
            gather(
                catalog,
                &field.name,
                on_the_way,
                &format!("{prefix}{name}."),
                found,
            );
            on_the_way.pop();
        }
    }
}

/// Paths from a type to objects of the wanted types, over at most three fields and through no list.
/// Each ends with a dot, but for the type itself.
fn objects(
    catalog: &Catalog,
    from: &str,
    wanted: &BTreeSet<String>,
) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if wanted.contains(from) {
        found.insert(from.to_string(), vec![String::new()]);
    }
    let mut ways = vec![(String::new(), vec![from])];
    for _ in 0..3 {
        let mut next = Vec::new();
        for (path, seen) in &ways {
            let ty = seen.last().copied().unwrap_or_default();
            for (name, field) in catalog.types.objects.get(ty).into_iter().flatten() {
                if field.list || seen.contains(&field.name.as_str()) {
                    continue;
                }
                let target = wanted.contains(&field.name);
                let hub = HUBS.contains(&field.name.as_str());
                if !(target || hub) || is_deprecated(catalog, ty, name) {
                    continue;
                }
                let path = format!("{path}{name}.");
                if target {
                    found
                        .entry(field.name.clone())
                        .or_default()
                        .push(path.clone());
                }
                if hub {
                    let mut seen = seen.clone();
                    seen.push(&field.name);
                    next.push((path, seen));
                }
            }
        }
        ways = next;
    }
    found
}

fn is_deprecated(catalog: &Catalog, ty: &str, field: &str) -> bool {
    catalog
        .types
        .deprecated
        .iter()
        .any(|name| name.split_once('.') == Some((ty, field)))
}

/// Adds to the types on offer what a workflow reads and they do not have: deprecated fields, fields
/// of the environment that are not offered, and fields that only this workflow's patched fields
/// define. `known` is the whole catalogue.
pub(super) fn admit(catalog: &mut Catalog, known: &Catalog, workflow: &Workflow, program: &str) {
    let words: BTreeSet<&str> = program
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .collect();
    catalog.types.deprecated.retain(|name| {
        let field = name.split_once('.').map_or("", |(_, field)| field);
        !words.contains(field)
    });
    let mut used: BTreeSet<String> = BTreeSet::new();
    for step in &workflow.steps {
        for field in &step.config {
            for word in field
                .value
                .split(|c: char| !c.is_alphanumeric() && c != '_' && c != '.')
            {
                if word.contains('.') && word.starts_with(|c: char| c.is_alphabetic()) {
                    used.insert(word.trim_end_matches('.').to_string());
                }
            }
        }
    }
    let variables: BTreeMap<String, String> = catalog
        .tasks()
        .flat_map(|task| task.adds.iter())
        .map(|variable| (variable.name.clone(), variable.ty.name.clone()))
        .collect();
    // Longer paths first: what has fields of its own is an object.
    let mut used: Vec<String> = used.into_iter().collect();
    used.sort_by_key(|path| std::cmp::Reverse(path.split('.').count()));
    for path in used {
        let mut segments = path.split('.');
        let Some(mut ty) = segments
            .next()
            .and_then(|name| variables.get(name))
            .cloned()
        else {
            continue;
        };
        let segments: Vec<&str> = segments.collect();
        for (place, segment) in segments.iter().enumerate() {
            let last = place + 1 == segments.len();
            let Some(fields) = catalog.types.objects.get_mut(&ty) else {
                break;
            };
            match fields.get(*segment) {
                Some(found) => ty = found.name.clone(),
                None if last => {
                    let value = known
                        .types
                        .objects
                        .get(&ty)
                        .and_then(|fields| fields.get(*segment))
                        .filter(|field| !field.list && known.is_scalar(&field.name));
                    let ty = value.cloned().unwrap_or_else(|| TypeRef::parse("String"));
                    fields.insert((*segment).to_string(), ty);
                }
                None => {
                    let own = format!("{ty}_{segment}");
                    fields.insert((*segment).to_string(), TypeRef::parse(&own));
                    catalog.types.objects.entry(own.clone()).or_default();
                    ty = own;
                }
            }
        }
    }
}

/// Everything about paths, prepared once.
pub(super) struct Paths {
    /// Object types in use, to their number.
    numbers: BTreeMap<String, usize>,
    /// Types from which a scalar, a text or a number can be reached.
    scalars: BTreeSet<String>,
    texts: BTreeSet<String>,
    values: BTreeSet<String>,
    /// The same for [`ALIKE`].
    alike: [BTreeSet<String>; 2],
    pub(super) variables: Vec<Seen>,
    /// Types that arguments refer to.
    targets: BTreeSet<String>,
    /// Lists of every type in use.
    lists: BTreeMap<String, Vec<(String, String)>>,
    /// From every type of a variable, the paths to objects that arguments refer to.
    ways: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// The condition under which a reference to a type can be written.
    reachable: BTreeMap<String, String>,
}

impl Paths {
    pub(super) fn new(catalog: &Catalog, scopes: &Scopes) -> Paths {
        let variables = scopes.variables();
        let mut used: BTreeSet<String> = BTreeSet::new();
        let mut open: Vec<String> = variables.iter().map(|seen| seen.ty.name.clone()).collect();
        let mut lists: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        while let Some(ty) = open.pop() {
            let Some(fields) = catalog.types.objects.get(&ty) else {
                continue;
            };
            if !used.insert(ty.clone()) {
                continue;
            }
            open.extend(
                fields
                    .iter()
                    .filter(|(name, field)| !field.list && !is_deprecated(catalog, &ty, name))
                    .map(|(_, field)| field.name.clone()),
            );
            let own = self::lists(catalog, &ty);
            open.extend(own.iter().map(|(_, element)| element.clone()));
            lists.insert(ty, own);
        }
        let targets: BTreeSet<String> = catalog
            .tasks()
            .flat_map(|task| &task.fields)
            .filter(|field| field.kind == FieldKind::CommerceObject)
            .filter_map(|field| field.of.clone())
            .collect();
        let numbers = used.iter().cloned().zip(0..).collect();
        let mut paths = Paths {
            numbers,
            scalars: BTreeSet::new(),
            texts: BTreeSet::new(),
            values: BTreeSet::new(),
            alike: Default::default(),
            variables,
            targets,
            lists,
            ways: BTreeMap::new(),
            reachable: BTreeMap::new(),
        };
        for seen in &paths.variables {
            if !paths.ways.contains_key(&seen.ty.name) {
                let ways = objects(catalog, &seen.ty.name, &paths.targets);
                paths.ways.insert(seen.ty.name.clone(), ways);
            }
        }
        for target in &paths.targets {
            let mut conditions: BTreeSet<String> = BTreeSet::new();
            for seen in paths.variables.iter().filter(|seen| !seen.only_in_text) {
                if !paths.ways_from(seen, target).is_empty() {
                    conditions.insert(seen.when.clone().unwrap_or_default());
                }
            }
            if conditions.contains("") {
                paths.reachable.insert(target.clone(), String::new());
            } else if !conditions.is_empty() {
                paths.reachable.insert(target.clone(), any(conditions));
            }
        }
        paths.scalars = paths.reaching(catalog, |_| true);
        paths.texts = paths.reaching(catalog, |class| *class == Class::Text);
        paths.values = paths.reaching(catalog, |class| *class == Class::Number);
        paths.alike = ALIKE.map(|(_, name)| {
            paths.reaching(catalog, |class| *class == Class::Enum(name.to_string()))
        });
        paths
    }

    /// Types from which a scalar of some classes can be reached.
    fn reaching(&self, catalog: &Catalog, wanted: impl Fn(&Class) -> bool) -> BTreeSet<String> {
        let mut found: BTreeSet<String> = BTreeSet::new();
        loop {
            let before = found.len();
            for ty in self.numbers.keys() {
                let fields = self.fields(catalog, ty);
                if fields.scalars.keys().any(&wanted)
                    || fields.objects.keys().any(|target| found.contains(*target))
                {
                    found.insert(ty.clone());
                }
            }
            if found.len() == before {
                return found;
            }
        }
    }

    fn fields<'a>(&self, catalog: &'a Catalog, ty: &str) -> Fields<'a> {
        let mut fields = Fields::default();
        for (name, field) in catalog.types.objects.get(ty).into_iter().flatten() {
            if is_deprecated(catalog, ty, name) || field.list {
                continue;
            }
            if catalog.is_scalar(&field.name) {
                let class = match class(catalog, &field.name) {
                    Class::Text if name == PART => Class::Part,
                    class => class,
                };
                fields.scalars.entry(class).or_default().push(name);
            } else {
                fields.objects.entry(&field.name).or_default().push(name);
            }
        }
        fields
    }

    /// The condition under which an argument that refers to this type can be filled; `None` when it
    /// never can, the empty text when it always can.
    pub(super) fn reachable(&self, target: &str) -> Option<&str> {
        self.reachable.get(target).map(String::as_str)
    }

    fn ways_from(&self, seen: &Seen, target: &str) -> &[String] {
        if seen.ty.list {
            return &[];
        }
        self.ways
            .get(&seen.ty.name)
            .and_then(|ways| ways.get(target))
            .map_or(&[], Vec::as_slice)
    }

    /// The name of the rule for references to a type.
    pub(super) fn reference(target: &str) -> String {
        format!("ref_{}", target.to_lowercase())
    }

    pub(super) fn number(&self, ty: &str) -> Option<usize> {
        self.numbers.get(ty).copied()
    }

    pub(super) fn has_scalar(&self, ty: &str) -> bool {
        self.scalars.contains(ty)
    }

    pub(super) fn lists_of(&self, ty: &str) -> &[(String, String)] {
        self.lists.get(ty).map_or(&[], Vec::as_slice)
    }

    /// Writes all rules about paths and conditions, but for the values of enums and for the fields
    /// that hold one: those depend on what was said, and are returned.
    pub(super) fn write(&self, out: &mut String, catalog: &Catalog, scopes: &Scopes) -> Enums {
        let mut enums = Enums::default();
        for (ty, number) in &self.numbers {
            self.write_type(out, catalog, ty, *number, &mut enums);
        }
        self.write_conditions(out, catalog, &mut enums);
        self.write_references(out, catalog);
        self.write_loops(out, scopes);
        for (name, values) in &mut enums.values {
            *values = catalog.enum_values(name).unwrap_or_default().to_vec();
            values.sort_unstable();
            let terminal = enum_terminal(name);
            out.push_str(&format!(
                "{}: IS {terminal} | ISIN {terminal} (\", \" {terminal})* \"]\" | NIL\n",
                enum_rule(name)
            ));
        }
        enums
    }

    /// The fields of one type as terminals, and the rules that follow them.
    fn write_type(
        &self,
        out: &mut String,
        catalog: &Catalog,
        ty: &str,
        number: usize,
        enums: &mut Enums,
    ) {
        let fields = self.fields(catalog, ty);
        let (mut compared, mut text, mut value, mut scalar) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut alike: [Vec<String>; 2] = Default::default();
        for (place, (class, names)) in fields.scalars.iter().enumerate() {
            let terminal = format!("F{number}S{place}");
            out.push_str(&format!("{terminal}: /{}/\n", names.join("|")));
            let tail = tail(class, enums);
            match class {
                Class::Enum(name) => {
                    let rule = format!("c{number}s{place}");
                    let test = format!("{terminal} {tail}");
                    enums.fields.push((name.clone(), rule.clone(), test));
                    compared.push(rule);
                }
                // Name and test are one terminal, which the request has a part in: where no state is
                // named, the field cannot be begun.
                Class::Part => compared.push("PART".to_string()),
                _ => compared.push(format!("{terminal} {tail}")),
            }
            scalar.push(terminal.clone());
            match class {
                Class::Text | Class::Part => text.push(terminal),
                Class::Number => value.push(terminal),
                Class::Enum(name) => {
                    for (rules, (_, like)) in alike.iter_mut().zip(ALIKE) {
                        if name == like {
                            rules.push(terminal.clone());
                        }
                    }
                }
                _ => {}
            }
        }
        // Whether an object is there at all can be asked too.
        let objects: Vec<&str> = fields.objects.values().flatten().copied().collect();
        if !objects.is_empty() {
            out.push_str(&format!("F{number}X: /{}/\n", objects.join("|")));
            compared.push(format!("F{number}X NIL"));
        }
        // A list of scalars prints joined.
        let own: Vec<&str> = self
            .lists_of(ty)
            .iter()
            .filter(|(path, element)| !path.contains('.') && catalog.is_scalar(element))
            .map(|(path, _)| path.as_str())
            .collect();
        if !own.is_empty() {
            out.push_str(&format!("F{number}L: /{}/\n", own.join("|")));
            scalar.push(format!("F{number}L"));
        }
        for (target, names) in &fields.objects {
            let Some(next) = self.number(target) else {
                continue;
            };
            let terminal = format!("F{number}O{next}");
            let names: Vec<String> = names.iter().map(|name| format!("{name}\\.")).collect();
            out.push_str(&format!("{terminal}: /{}/\n", names.join("|")));
            for (rule, rules, reach) in [
                ("c", &mut compared, &self.scalars),
                ("s", &mut text, &self.texts),
                ("n", &mut value, &self.values),
                ("p", &mut scalar, &self.scalars),
            ] {
                if reach.contains(*target) {
                    rules.push(format!("{terminal} {rule}{next}"));
                }
            }
            for (place, (rule, _)) in ALIKE.iter().enumerate() {
                if self.alike[place].contains(*target) {
                    alike[place].push(format!("{terminal} {rule}{next}"));
                }
            }
        }
        let alike = ALIKE.iter().map(|(rule, _)| *rule).zip(alike);
        for (rule, rules) in [("c", compared), ("s", text), ("n", value), ("p", scalar)]
            .into_iter()
            .chain(alike)
        {
            if !rules.is_empty() {
                out.push_str(&format!("{rule}{number}: {}\n", rules.join(" | ")));
            }
        }
    }

    /// Conditions: what a test can start with, and tests of lists.
    fn write_conditions(&self, out: &mut String, catalog: &Catalog, enums: &mut Enums) {
        let mut compared = Rule::new("croot");
        let mut text = Rule::new("sroot");
        let mut value = Rule::new("nroot");
        let mut lists = Rule::new("aroot");
        let mut alike = ALIKE.map(|(rule, _)| Rule::new(&format!("{rule}root")));
        let mut listing: BTreeMap<(String, String), String> = BTreeMap::new();
        let mut elements: BTreeSet<String> = BTreeSet::new();
        for seen in self.variables.iter().filter(|seen| !seen.only_in_text) {
            let (name, ty) = (&seen.name, &seen.ty);
            if ty.list {
                elements.insert(ty.name.clone());
                lists.add(
                    format!("{} \" for x in {name}\"", body("x", catalog, &ty.name)),
                    seen,
                );
                continue;
            }
            match self.number(&ty.name) {
                Some(number) => {
                    if self.scalars.contains(&ty.name) {
                        compared.add(format!("\"{name}.\" c{number}"), seen);
                    }
                    if self.texts.contains(&ty.name) {
                        text.add(format!("\"{name}.\" s{number}"), seen);
                    }
                    if self.values.contains(&ty.name) {
                        value.add(format!("\"{name}.\" n{number}"), seen);
                    }
                    for (place, (letter, _)) in ALIKE.iter().enumerate() {
                        if self.alike[place].contains(&ty.name) {
                            alike[place].add(format!("\"{name}.\" {letter}{number}"), seen);
                        }
                    }
                    // One rule for the lists of a variable keeps its condition in one place.
                    let place = listing.len();
                    let rule = listing
                        .entry((name.clone(), ty.name.clone()))
                        .or_insert_with(|| {
                            let mut tests = Vec::new();
                            for (element, terminal) in self.list_terminals(number) {
                                let body = body("x", catalog, &element);
                                tests.push(format!("{body} \" for x in {name}.\" {terminal}"));
                                elements.insert(element);
                            }
                            if tests.is_empty() {
                                return String::new();
                            }
                            out.push_str(&format!("a{place}: {}\n", tests.join(" | ")));
                            format!("a{place}")
                        });
                    if !rule.is_empty() {
                        lists.add(rule.clone(), seen);
                    }
                }
                None => {
                    let class = class(catalog, &ty.name);
                    match class {
                        Class::Text => text.add(format!("\"{name}\""), seen),
                        Class::Number => value.add(format!("\"{name}\""), seen),
                        Class::Open => {
                            compared.add(format!("\"{name}.\" FREE {}", tail(&class, enums)), seen);
                            text.add(format!("\"{name}.\" FREE"), seen);
                        }
                        _ => {}
                    }
                    if class != Class::Open {
                        compared.add(format!("\"{name}\" {}", tail(&class, enums)), seen);
                    }
                }
            }
        }
        // The lists of every type, and what can be said about their items.
        let mut written: BTreeSet<String> = BTreeSet::new();
        let mut open: Vec<(String, &str)> = elements.into_iter().map(|ty| (ty, "x")).collect();
        while let Some((element, item)) = open.pop() {
            if !written.insert(body(item, catalog, &element)) {
                continue;
            }
            open.extend(self.write_body(out, catalog, &element, item, enums));
        }
        for number in self.numbers.values() {
            for (element, terminal) in self.list_terminals(*number) {
                let mut paths: Vec<String> = self
                    .lists_of(self.name_of(*number))
                    .iter()
                    .filter(|(_, other)| *other == element)
                    .map(|(path, _)| path.replace('.', "\\."))
                    .collect();
                paths.sort();
                out.push_str(&format!("{terminal}: /{}/\n", paths.join("|")));
            }
        }
        for rule in [compared, text, value, lists].into_iter().chain(alike) {
            rule.write(out);
        }
    }

    fn name_of(&self, number: usize) -> &str {
        self.numbers
            .iter()
            .find(|(_, other)| **other == number)
            .map_or("", |(name, _)| name)
    }

    /// The lists of a type, one terminal for every type of element.
    fn list_terminals(&self, number: usize) -> Vec<(String, String)> {
        let elements: BTreeSet<&String> = self
            .lists_of(self.name_of(number))
            .iter()
            .map(|(_, element)| element)
            .collect();
        elements
            .into_iter()
            .enumerate()
            .map(|(place, element)| (element.clone(), format!("L{number}N{place}")))
            .collect()
    }

    /// What can be said about one item of a list. Returns the bodies this one needs.
    fn write_body(
        &self,
        out: &mut String,
        catalog: &Catalog,
        element: &str,
        item: &'static str,
        enums: &mut Enums,
    ) -> Vec<(String, &'static str)> {
        let rule = body(item, catalog, element);
        let mut needed = Vec::new();
        let mut tests = Vec::new();
        match self.number(element) {
            None => {
                let class = class(catalog, element);
                if class == Class::Text {
                    // Items of other lists begin with `x.`, which would be read before `.startswith(`.
                    tests.push(format!("\"{item}\" sit"));
                    tests.push(format!("(\"not \")? \"{item}.\" BARE SAY \")\""));
                    tests.push(format!("SAY NIN \"{item}\""));
                } else {
                    tests.push(format!("\"{item}\" {}", tail(&class, enums)));
                }
            }
            Some(number) => {
                if self.scalars.contains(element) {
                    tests.push(format!("\"{item}.\" c{number}"));
                }
                if self.texts.contains(element) {
                    tests.push(format!("SAY NIN \"{item}.\" s{number}"));
                    tests.push(format!("\"not \" \"{item}.\" s{number} SW SAY \")\""));
                    tests.push(format!(
                        "(\"not \")? \"empty(\" \"{item}.\" s{number} \")\""
                    ));
                }
                if item == "x" {
                    for (inner, terminal) in self.list_terminals(number) {
                        tests.push(format!(
                            "QUANT {} \" for y in x.\" {terminal} \")\"",
                            body("y", catalog, &inner)
                        ));
                        needed.push((inner, "y"));
                    }
                }
            }
        }
        if tests.is_empty() {
            // A type without a scalar that can be compared; its length is all there is to say.
            tests.push(format!("\"{item}\" NIL"));
        }
        tests.push(format!("\"(\" {rule} \")\""));
        out.push_str(&format!(
            "{rule}: {rule}t | {rule}t (\" and \" {rule}t)+ | {rule}t (\" or \" {rule}t)+\n{rule}t: {}\n",
            tests.join(" | ")
        ));
        needed
    }

    /// References to objects, as arguments take them: `order_id=order.id`.
    fn write_references(&self, out: &mut String, catalog: &Catalog) {
        for target in &self.targets {
            let mut rule = Rule::new(&Paths::reference(target));
            let last = match catalog.types.objects.get(target) {
                Some(fields) if fields.contains_key("id") => "id",
                _ => "",
            };
            for seen in self.variables.iter().filter(|seen| !seen.only_in_text) {
                let mut ways: Vec<String> = self
                    .ways_from(seen, target)
                    .iter()
                    .map(|path| {
                        format!("{path}{last}")
                            .trim_end_matches('.')
                            .replace('.', "\\.")
                    })
                    .collect();
                ways.sort();
                match ways.as_slice() {
                    [] => {}
                    [only] if only.is_empty() => rule.add(format!("\"{}\"", seen.name), seen),
                    ways => rule.add(format!("\"{}.\" /{}/", seen.name, ways.join("|")), seen),
                }
            }
            rule.write(out);
        }
    }

    /// The condition under which there is something to loop over, `depth` loops down; empty when there
    /// always is, `None` when there never is. A loop over nothing would be a dead end.
    pub(super) fn loops(&self, scopes: &Scopes, depth: usize) -> Option<String> {
        let looped = |seen: &&Seen| match self.number(&seen.ty.name) {
            _ if seen.only_in_text => false,
            None => false,
            Some(_) if seen.ty.list => scopes.loop_number(&seen.name, &seen.ty.name).is_some(),
            Some(_) => {
                seen.depth <= depth
                    && self
                        .lists_of(&seen.ty.name)
                        .iter()
                        .any(|(path, element)| scopes.loop_number(path, element).is_some())
            }
        };
        let mut whens = self
            .variables
            .iter()
            .filter(looped)
            .map(|seen| seen.when.clone().unwrap_or_default())
            .peekable();
        whens.peek()?;
        let whens: BTreeSet<String> = whens.collect();
        match whens.contains("") {
            true => Some(String::new()),
            false => Some(any(whens)),
        }
    }

    /// Lists as arguments and in loops.
    fn write_loops(&self, out: &mut String, scopes: &Scopes) {
        let mut any_list = Rule::new("lroot");
        // A number of every item: `order.lineItems.quantity`.
        let mut numbers = Rule::new("sumroot");
        let mut loops = [Rule::new("for1"), Rule::new("for2")];
        let mut written: BTreeSet<(usize, usize)> = BTreeSet::new();
        for seen in self.variables.iter().filter(|seen| !seen.only_in_text) {
            let Some(ty) = self.number(&seen.ty.name) else {
                if seen.ty.list {
                    any_list.add(format!("\"{}\"", seen.name), seen);
                }
                continue;
            };
            if seen.ty.list {
                any_list.add(format!("\"{}\"", seen.name), seen);
                if let Some(number) = scopes.loop_number(&seen.name, &seen.ty.name) {
                    for (depth, rule) in loops.iter_mut().enumerate() {
                        rule.add(
                            format!("\"{}\" into::{}", seen.name, into(depth, number)),
                            seen,
                        );
                    }
                }
                continue;
            }
            let lists = self.lists_of(&seen.ty.name);
            if lists.is_empty() {
                continue;
            }
            if written.insert((ty, 2)) {
                let terminals: Vec<String> = self
                    .list_terminals(ty)
                    .into_iter()
                    .map(|(_, terminal)| terminal)
                    .collect();
                out.push_str(&format!("l{ty}: {}\n", terminals.join(" | ")));
            }
            any_list.add(format!("\"{}.\" l{ty}", seen.name), seen);
            for (element, terminal) in self.list_terminals(ty) {
                if let Some(number) = self.number(&element)
                    && self.values.contains(&element)
                {
                    let rule = format!("\"{}.\" {terminal} \".\" n{number}", seen.name);
                    numbers.add(rule, seen);
                }
            }
            for (depth, rule) in loops.iter_mut().enumerate() {
                // Inside a loop, `item` names what the loop itself is over.
                if seen.depth > depth {
                    continue;
                }
                let over: Vec<String> = lists
                    .iter()
                    .filter_map(|(path, element)| {
                        let number = scopes.loop_number(path, element)?;
                        Some(format!("\"{path}\" into::{}", into(depth, number)))
                    })
                    .collect();
                if over.is_empty() {
                    continue;
                }
                if written.insert((ty, depth)) {
                    out.push_str(&format!("for{depth}t{ty}::_ : {}\n", over.join(" | ")));
                }
                rule.add(format!("\"{}.\" for{depth}t{ty}::_", seen.name), seen);
            }
        }
        any_list.write(out);
        numbers.write(out);
        for rule in loops {
            rule.write(out);
        }
    }
}

/// The expression that notes which loop the next block is in.
fn into(depth: usize, number: usize) -> String {
    let bits = (number as u64) << super::scope::LOOPS_AT[depth];
    format!("bit_or(0x{bits:x})")
}

/// What a grammar says about enums, to be finished for every request.
#[derive(Clone, Debug, Default)]
pub(super) struct Enums {
    /// The values of every enum that a path of the catalogue has.
    values: BTreeMap<String, Vec<String>>,
    /// Enum, the name of a rule, and the test of a field that it stands for.
    fields: Vec<(String, String, String)>,
}

impl Enums {
    /// The rules, with the values that may be meant. A field with none of them cannot be tested.
    pub(super) fn write(&self, said: &Said) -> String {
        let mut out = String::from("NEVER: /[^\\s\\S]/\n");
        let mut empty: BTreeSet<&str> = BTreeSet::new();
        for (name, values) in &self.values {
            let mut meant = said.meant(name, values);
            if meant.is_empty() {
                empty.insert(name);
                meant = values.iter().map(String::as_str).collect();
            }
            out.push_str(&format!(
                "{}: /\"({})\"/\n",
                enum_terminal(name),
                meant.join("|")
            ));
        }
        let same: Vec<String> = ALIKE
            .iter()
            .filter(|(_, name)| said.compares(name))
            .map(|(rule, _)| format!("{rule}root::_ IS {rule}root::_"))
            .collect();
        out.push_str(&match same.is_empty() {
            // A rule that needs its number and can never match.
            true => "same::_ : \"\\u0001\" %if lt([0:7], 0)\n".to_string(),
            false => format!("same::_ : {}\n", same.join(" | ")),
        });
        for (name, rule, test) in &self.fields {
            let test = if empty.contains(name.as_str()) {
                "NEVER"
            } else {
                test
            };
            out.push_str(&format!("{rule}: {test}\n"));
        }
        out
    }
}

#[derive(Default)]
struct Fields<'a> {
    scalars: BTreeMap<Class, Vec<&'a str>>,
    objects: BTreeMap<&'a String, Vec<&'a str>>,
}

/// A parametric rule whose alternatives hold under conditions.
pub(super) struct Rule {
    name: String,
    alternatives: BTreeMap<String, Vec<String>>,
    order: Vec<String>,
}

impl Rule {
    pub(super) fn new(name: &str) -> Rule {
        Rule {
            name: name.to_string(),
            alternatives: BTreeMap::new(),
            order: Vec::new(),
        }
    }

    /// Adds what can be written where a variable is in scope.
    pub(super) fn add(&mut self, alternative: String, seen: &Seen) {
        let when = seen.when.clone().unwrap_or_default();
        let list = self.alternatives.entry(alternative.clone()).or_default();
        if list.is_empty() {
            self.order.push(alternative);
        }
        if !list.contains(&when) {
            list.push(when);
        }
    }

    pub(super) fn write(self, out: &mut String) {
        let mut parts = Vec::new();
        for alternative in &self.order {
            let whens = &self.alternatives[alternative];
            if whens.iter().any(String::is_empty) {
                parts.push(alternative.clone());
            } else {
                parts.push(format!("{alternative} %if {}", any(whens.iter().cloned())));
            }
        }
        // A rule that needs its number and can never match.
        parts.push("\"\\u0001\" %if lt([0:7], 0)".to_string());
        out.push_str(&format!("{}::_ : {}\n", self.name, parts.join("\n  | ")));
    }
}

/// The rule about an item of a list.
fn body(item: &str, catalog: &Catalog, element: &str) -> String {
    if catalog.is_scalar(element) {
        return match class(catalog, element) {
            Class::Text | Class::Part => format!("{item}_text"),
            Class::Number => format!("{item}_number"),
            Class::Date => format!("{item}_date"),
            Class::Boolean => format!("{item}_boolean"),
            Class::Open => format!("{item}_open"),
            Class::Enum(name) => format!("{item}_e_{}", name.to_lowercase()),
        };
    }
    format!("{item}_{}", element.to_lowercase())
}

/// What can follow a path of a class in a test.
fn tail(class: &Class, enums: &mut Enums) -> String {
    match class {
        Class::Text => "st".to_string(),
        Class::Part => "PART".to_string(),
        Class::Number => "nt".to_string(),
        Class::Date => "dt".to_string(),
        Class::Boolean => "bt".to_string(),
        Class::Open => "ot".to_string(),
        Class::Enum(name) => {
            enums.values.entry(name.clone()).or_default();
            enum_rule(name)
        }
    }
}

fn enum_terminal(name: &str) -> String {
    format!("E_{}", name.to_uppercase())
}

fn enum_rule(name: &str) -> String {
    format!("et_{}", name.to_lowercase())
}
