//! Laying what a store says about its tasks over a catalogue.
//!
//! A task that the catalogue has keeps its place and its name in the Python form; id, version, label
//! and fields become the store's. A task that it does not have is added, with the types that its
//! connector defines. Nothing that was there is lost, and laying the same over it again changes nothing.

use super::import::{Described, DescribedField, Overlay, Provider};
use super::sdl::Definitions;
use super::{Catalog, Field, FieldKind, IdStatus, Named, Task, TypeRef, Variable};
use crate::check::{Bucket, Finding, Severity};
use crate::run::camel_case;
use crate::sorted::SortedMap;
use crate::workflow::{TaskType, Workflow};

/// The connector of a task of which only is known that it is not Shopify's.
pub const UNNAMED_CONNECTOR: &str = "Another app";

/// The scalars of the environment, as [`TypeRef`] lists them.
const SCALARS: [&str; 19] = [
    "String",
    "ID",
    "Int",
    "Float",
    "Decimal",
    "Money",
    "Boolean",
    "DateTime",
    "Date",
    "URL",
    "UnsignedInt64",
    "BigInt",
    "JSON",
    "HTML",
    "FormattedString",
    "UtcOffset",
    "Color",
    "StorefrontID",
    "ARN",
];

/// Words of the Python form that neither a task nor a variable can be called.
const RESERVED: [&str; 46] = [
    "all", "and", "any", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "empty", "except", "False", "false", "finally", "for", "from", "global",
    "goto", "if", "import", "in", "is", "item", "label", "lambda", "None", "none", "nonlocal",
    "not", "or", "parallel", "pass", "raise", "return", "shop", "task", "True", "true", "try",
    "while", "with",
];

/// The longest name that is made from a label.
const MAX_NAME: usize = 60;

impl Catalog {
    /// This catalogue with what a store says about its tasks laid over it.
    ///
    /// A task is recognised by its id, or, as long as its own id is only a guess, by its label and
    /// type where the provider fits too; a workflow that has the guess still finds it. What cannot be
    /// laid over it is left out ([`Catalog::unused`] names it). Names and ids stay unique.
    ///
    /// A connector whose tasks are described counts as installed, unless the description says that it
    /// is not.
    pub fn overlay(&self, overlay: &Overlay) -> Catalog {
        let mut laid = self.clone();
        for described in &overlay.tasks {
            laid.lay(described);
        }
        laid
    }

    /// The workflow with the real ids and versions in place of guesses that the store corrected.
    pub fn with_real_ids(&self, workflow: &Workflow) -> Workflow {
        let mut workflow = workflow.clone();
        for step in &mut workflow.steps {
            let real = self.former.get(&step.task_id);
            if let Some(task) = real.and_then(|id| self.tasks.get(id)) {
                step.task_id.clone_from(&task.id);
                step.task_version.clone_from(&task.version);
            }
        }
        workflow
    }

    /// What of a store's description cannot be laid over this catalogue, one finding each, and which
    /// values of its tasks are of a type that is not known.
    pub fn unused(&self, overlay: &Overlay) -> Vec<Finding> {
        let laid = self.overlay(overlay);
        let mut findings = Vec::new();
        for described in &overlay.tasks {
            let named = described.label.as_ref().unwrap_or(&described.id);
            let task = laid.task(&described.id);
            let fits = task.is_some_and(|task| {
                described
                    .task_type
                    .is_none_or(|task_type| task_type == task.task_type)
            });
            if !fits {
                let why = match (task, described.task_type) {
                    (Some(_), _) => "has the id of a task of another type",
                    (None, None) => {
                        "is not in the built-in catalogue, and the file does not say of which type it is"
                    }
                    (None, Some(_)) => {
                        "is a way to branch, to loop or to wait that is not known here"
                    }
                };
                findings.push(Finding::new(
                    Severity::Warning,
                    Bucket::Task,
                    "CATALOG_TASK_NOT_USED",
                    format!("The task {named} {why}; it was left out."),
                ));
                continue;
            }
            for (name, ty) in described.returns.iter().flatten() {
                let known = laid.knows(&ty.name) || described.types.objects.contains_key(&ty.name);
                if !known {
                    findings.push(Finding::new(
                        Severity::Information,
                        Bucket::Task,
                        "CATALOG_TYPE_UNKNOWN",
                        format!(
                            "The task {named} gives {name} of the type {}, which is not known here; every path into it is taken as right.",
                            ty.name
                        ),
                    ));
                }
            }
        }
        findings
    }

    fn lay(&mut self, described: &Described) {
        match self.meant(described) {
            Some(id) => self.replace(&id, described),
            None => self.add(described),
        }
        if described.installed != Some(false)
            && let Some(task) = self.tasks.get(&described.id)
            && let Some(connector) = &task.connector
        {
            self.at_hand.insert(connector.clone());
        }
    }

    /// The id of the task that is described, when it is here.
    fn meant(&self, described: &Described) -> Option<String> {
        if self.tasks.contains_key(&described.id) {
            return Some(described.id.clone());
        }
        let label = described.label.as_deref()?;
        let mut fitting = self.tasks().filter(|task| {
            task.id_status == IdStatus::Guess
                && task.label.trim().eq_ignore_ascii_case(label)
                && described
                    .task_type
                    .is_none_or(|task_type| task_type == task.task_type)
                && match (&described.provider, &task.connector) {
                    (Provider::Shopify, connector) => connector.is_none(),
                    (Provider::Connector(name), Some(connector)) => same(name, connector),
                    (Provider::Connector(_), None) => false,
                    (Provider::Unnamed, connector) => connector.is_some(),
                    (Provider::Unknown, _) => true,
                }
        });
        let first = fitting.next()?;
        fitting.next().is_none().then(|| first.id.clone())
    }

    fn replace(&mut self, id: &str, described: &Described) {
        let Some((at, _, old)) = self.tasks.get_full(id) else {
            return;
        };
        if described
            .task_type
            .is_some_and(|task_type| task_type != old.task_type)
        {
            return;
        }
        let mut task = old.clone();
        let guessed = task.id_status == IdStatus::Guess;
        let names = self.define(&described.types);
        task.id.clone_from(&described.id);
        task.id_status = IdStatus::Exact;
        if let Some(version) = &described.version {
            task.version.clone_from(version);
        }
        if let Some(label) = &described.label {
            task.label.clone_from(label);
        }
        if let Some(described) = &described.fields {
            let mut fields: Vec<Field> = described
                .iter()
                .map(|field| self.field(field, task.field(&field.id)))
                .collect();
            // Of a task whose id was read in an export, what is known stays: the Python form is
            // built on some of its fields.
            if !guessed {
                let kept: Vec<Field> = task
                    .fields
                    .iter()
                    .filter(|field| fields.iter().all(|other| other.id != field.id))
                    .cloned()
                    .collect();
                fields.extend(kept);
            }
            task.fields = fields;
        }
        if let Some(returns) = described.returns.as_ref().filter(|list| !list.is_empty()) {
            match (task.task_type, task.adds.first()) {
                (TaskType::Trigger, _) => {
                    let new = self.variables(returns, &names);
                    // What was there stays in front, so that a program's parameters stay in order.
                    let mut adds = match guessed && !new.is_empty() {
                        true => Vec::new(),
                        false => task.adds.clone(),
                    };
                    for variable in new {
                        if adds.iter().all(|known| known.name != variable.name) {
                            adds.push(variable);
                        }
                    }
                    task.adds = adds;
                }
                (TaskType::Action, None) => {
                    task.adds = self
                        .output(&task.label, returns, &names)
                        .into_iter()
                        .collect();
                }
                // How later steps read the output of a known task is documented; a description that
                // names its values otherwise would take that away.
                _ => {}
            }
        }
        self.names.insert(task.name.clone(), task.id.clone());
        self.former.remove(&task.id);
        if task.id != id {
            self.former.insert(id.to_string(), task.id.clone());
        }
        self.tasks.shift_remove_index(at);
        self.tasks.shift_insert(at, task.id.clone(), task);
    }

    fn add(&mut self, described: &Described) {
        let Some(task_type @ (TaskType::Trigger | TaskType::Action)) = described.task_type else {
            return;
        };
        let label = match &described.label {
            Some(label) => label.clone(),
            None => {
                let last = described.id.rsplit("::").next().unwrap_or_default();
                last.replace('_', " ")
            }
        };
        let connector = match &described.provider {
            Provider::Shopify => None,
            Provider::Connector(name) => Some(
                self.tasks()
                    .filter_map(|task| task.connector.as_deref())
                    .find(|known| same(known, name))
                    .unwrap_or(name)
                    .to_string(),
            ),
            Provider::Unnamed | Provider::Unknown => Some(UNNAMED_CONNECTOR.to_string()),
        };
        let names = self.define(&described.types);
        let returns = described.returns.as_deref().unwrap_or_default();
        let adds = match task_type {
            TaskType::Trigger => self.variables(returns, &names),
            _ => self.output(&label, returns, &names).into_iter().collect(),
        };
        let fields = described.fields.as_deref().unwrap_or_default();
        let task = Task {
            id: described.id.clone(),
            id_status: IdStatus::Exact,
            version: described
                .version
                .clone()
                .unwrap_or_else(|| "1.0".to_string()),
            name: self.free_name(&label, connector.as_deref()),
            description: match &described.description {
                Some(text) => text.clone(),
                None => format!("{label}."),
            },
            label,
            task_type,
            connector,
            fields: fields.iter().map(|field| self.field(field, None)).collect(),
            adds,
        };
        self.names.insert(task.name.clone(), task.id.clone());
        self.former.remove(&task.id);
        self.tasks.insert(task.id.clone(), task);
    }

    /// A name in the Python form that no task has: from the label, with the connector before it or a
    /// number behind it where that is taken.
    fn free_name(&self, label: &str, connector: Option<&str>) -> String {
        let free = |name: &String| !self.names.contains_key(name);
        let plain = snake(label);
        if free(&plain) {
            return plain;
        }
        let base = match connector {
            Some(connector) => snake(&format!("{connector} {label}")),
            None => plain,
        };
        std::iter::once(base.clone())
            .chain((2..).map(|number| format!("{base}_{number}")))
            .find(free)
            .unwrap_or(base)
    }

    fn field(&self, described: &DescribedField, known: Option<&Field>) -> Field {
        let kind = match (described.kind, known.map(|known| known.kind)) {
            // Both are texts to Flow; which text is known here.
            (Some(FieldKind::Text), Some(finer @ (FieldKind::Email | FieldKind::Resource))) => {
                finer
            }
            (Some(kind), _) => kind,
            (None, Some(kind)) => kind,
            (None, None) => FieldKind::Text,
        };
        let values = match known {
            Some(known) if described.values.is_empty() => known.values.clone(),
            _ => described.values.clone(),
        };
        let kind = match kind {
            FieldKind::Enum if values.is_empty() => FieldKind::Text,
            kind => kind,
        };
        let refers = matches!(kind, FieldKind::CommerceObject | FieldKind::Resource);
        let of = described
            .of
            .iter()
            .find_map(|wanted| self.types.objects.keys().find(|name| same(name, wanted)))
            .or_else(|| known?.of.as_ref())
            .filter(|_| refers);
        // Only of these is a default a value that Flow puts in itself; of a reference or a text it
        // is what its editor proposes.
        let takes_default = matches!(
            kind,
            FieldKind::Sort | FieldKind::Integer | FieldKind::Enum | FieldKind::Boolean
        );
        let default = described.default.clone().filter(|_| takes_default);
        Field {
            id: described.id.clone(),
            label: described
                .label
                .clone()
                .or_else(|| known.map(|known| known.label.clone()))
                .unwrap_or_else(|| described.id.clone()),
            kind,
            required: described
                .required
                .or_else(|| known.map(|known| known.required))
                .unwrap_or(false),
            default: default.or_else(|| known?.default.clone()),
            liquid: described
                .liquid
                .or_else(|| known.map(|known| known.liquid))
                .unwrap_or(matches!(kind, FieldKind::Text | FieldKind::Email)),
            values: match kind {
                FieldKind::Enum => values,
                _ => Vec::new(),
            },
            of: of.cloned(),
        }
    }

    /// The variables of a trigger.
    fn variables(
        &self,
        returns: &[(String, TypeRef)],
        names: &SortedMap<String, String>,
    ) -> Vec<Variable> {
        returns
            .iter()
            .filter(|(name, _)| !RESERVED.contains(&name.as_str()))
            .map(|(name, ty)| Variable {
                name: name.clone(),
                ty: self.known_type(ty, names),
            })
            .collect()
    }

    /// The variable of an action: named after its step, as Flow does, and holding what it gives.
    fn output(
        &mut self,
        label: &str,
        returns: &[(String, TypeRef)],
        names: &SortedMap<String, String>,
    ) -> Option<Variable> {
        if returns.is_empty() {
            return None;
        }
        let name = camel_case(&snake(label));
        if let [(only, ty)] = returns
            && same(only, &name)
        {
            return Some(Variable {
                ty: self.known_type(ty, names),
                name,
            });
        }
        let fields: Named<TypeRef> = returns
            .iter()
            .map(|(field, ty)| (field.clone(), self.known_type(ty, names)))
            .collect();
        let mut chars = name.chars();
        let first: String = chars
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .collect();
        let ty = self.insert_object(&format!("{first}{}Output", chars.as_str()), fields);
        Some(Variable {
            name,
            ty: TypeRef::parse(&ty),
        })
    }

    /// Takes a connector's types in; returns under which names they are known here.
    ///
    /// A type that is here already under its name stays as it is, and the connector's goes by it: a
    /// connector that speaks of an `Order` means Shopify's.
    fn define(&mut self, types: &Definitions) -> SortedMap<String, String> {
        let mut names = SortedMap::new();
        for (name, values) in &types.enums {
            names.insert(name.clone(), name.clone());
            if !self.knows(name) {
                self.types.enums.insert(name.clone(), values.clone());
            }
        }
        let new: Vec<&String> = types
            .objects
            .keys()
            .filter(|name| !self.knows(name))
            .collect();
        for name in types.objects.keys() {
            names.insert(name.clone(), name.clone());
        }
        for name in new {
            let fields = types.objects.get(name).into_iter().flatten();
            let fields: Named<TypeRef> = fields
                .map(|(field, ty)| (field.clone(), self.known_type(ty, &names)))
                .collect();
            if !fields.is_empty() {
                self.insert_object(name, fields);
            }
        }
        names
    }

    /// Adds an object, under another name where this one means something else; returns the name.
    fn insert_object(&mut self, name: &str, fields: Named<TypeRef>) -> String {
        let mut free = name.to_string();
        let mut number = 1;
        while self.knows(&free) {
            if self.types.objects.get(&free) == Some(&fields) {
                return free;
            }
            number += 1;
            free = format!("{name}{number}");
        }
        if !self.types.offered.is_empty() {
            self.types.offered.insert(free.clone(), fields.len());
        }
        self.types.objects.insert(free.clone(), fields);
        free
    }

    fn knows(&self, name: &str) -> bool {
        SCALARS.contains(&name)
            || self.types.objects.contains_key(name)
            || self.types.enums.contains_key(name)
    }

    /// The type, or JSON where nothing is known of it.
    fn known_type(&self, ty: &TypeRef, names: &SortedMap<String, String>) -> TypeRef {
        if self.knows(&ty.name) || names.contains_key(&ty.name) {
            return ty.clone();
        }
        TypeRef {
            name: "JSON".to_string(),
            list: ty.list,
        }
    }
}

/// True when two names differ at most in case, spaces and marks.
fn same(left: &str, right: &str) -> bool {
    let plain = |text: &str| -> String {
        text.chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_lowercase)
            .collect()
    };
    plain(left) == plain(right)
}

/// A label as a name: lower-case ASCII words joined by underscores.
fn snake(label: &str) -> String {
    let mut name = String::new();
    for c in label.chars() {
        if c.is_ascii_alphanumeric() {
            name.push(c.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') && !matches!(c, '\'' | '’') {
            name.push('_');
        }
        if name.len() >= MAX_NAME {
            break;
        }
    }
    let name = name.trim_end_matches('_');
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || RESERVED.contains(&name)
    {
        return format!("run_{name}").trim_end_matches('_').to_string();
    }
    name.to_string()
}
