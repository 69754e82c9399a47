//! The editor of a condition: rows and groups, or the text they are stored as.

use flow::catalog::condition_item_name;
use flow::condition::{self, Expr, Kind, Op, Operand, Quantifier};

use super::as_text::as_text;
use super::chips::focus;
use super::picker::{Pick, focus_from_search, picker};
use super::rows::{self, At, Items, Known};
use super::simple::{described, select};
use super::slot::Slot;
use crate::api::PathInfo;
use crate::language::{Key, k, t, tr};
use crate::prelude::*;
use crate::words;

/// Rows while they are edited. Cheap to copy.
#[derive(Clone, Copy)]
struct Editor {
    slot: Slot,
    expr: RwSignal<Expr>,
    /// Counts what must be drawn again: rows that came or went, other operators and fields.
    shape: RwSignal<u32>,
    known: RwSignal<Known>,
    /// Whether a row is not filled in yet, so that nothing was stored.
    unfinished: RwSignal<bool>,
}

/// The condition as rows or as text, to the merchant's choice.
pub fn condition(slot: Slot) -> AnyView {
    let typed = slot.typed.get_untracked();
    let first = condition::parse(&typed);
    let is_readable = first.is_ok() || typed.trim().is_empty();
    let editor = Editor {
        slot,
        expr: RwSignal::new(rows::open(&first.unwrap_or(Expr::And(Vec::new())))),
        shape: RwSignal::new(0),
        known: RwSignal::new(Known::new()),
        unfinished: RwSignal::new(false),
    };
    let text = RwSignal::new(!is_readable);
    Effect::new(move |_| editor.follow(&slot.typed.get()));
    Effect::new(move |_| {
        let reads = slot
            .check
            .with(|check| check.as_ref().map(|(_, check)| check.reads.clone()));
        editor.learn(reads.unwrap_or_default());
    });
    let id = slot.id();
    let mode = move |as_text: bool, label: &'static str| {
        view! {
            <button
                type="button"
                aria-pressed=move || (text.get() == as_text).to_string()
                on:click=move |_| text.set(as_text)
            >
                {label}
            </button>
        }
    };
    let readable = Memo::new(move |_| {
        slot.typed
            .with(|typed| typed.trim().is_empty() || condition::parse(typed).is_ok())
    });
    view! {
        <div class="rows-mode" role="group" aria-label=t(k::CONDITION_HOW_SHOWN)>
            {mode(false, t(k::CONDITION_ROWS))}
            {mode(true, t(k::CONDITION_TEXT))}
        </div>
        {move || {
            if text.get() {
                return as_text(slot);
            }
            if !readable.get() {
                return view! {
                    <p class="edit-hint">
                        {t(k::CONDITION_UNREADABLE)}
                    </p>
                }
                    .into_any();
            }
            let described = described(&id);
            view! {
                <div
                    class="edit-rows"
                    id=id.clone()
                    tabindex="-1"
                    role="group"
                    aria-label=t(k::KINDS_CONDITION)
                    aria-describedby=described
                >
                    {move || {
                        editor.shape.track();
                        node(editor, Vec::new(), Vec::new())
                    }}
                </div>
                {move || {
                    editor
                        .unfinished
                        .get()
                        .then(|| {
                            view! {
                                <p class="edit-note" role="status">
                                    {t(k::CONDITION_FILL_IN)}
                                </p>
                            }
                        })
                }}
            }
                .into_any()
        }}
    }
    .into_any()
}

impl Editor {
    /// The condition was changed elsewhere.
    fn follow(self, typed: &str) {
        let Ok(now) = condition::parse(typed) else {
            return;
        };
        let mine = self.expr.with_untracked(rows::close);
        if mine.as_ref() != Some(&now) {
            self.expr.set(rows::open(&now));
            self.unfinished.set(false);
            self.draw_again();
        }
    }

    /// Takes what the server says about the paths.
    fn learn(self, reads: Vec<PathInfo>) {
        // Only what the controls depend on is a reason to draw them again.
        let other = |old: &PathInfo, new: &PathInfo| {
            old.kind != new.kind
                || old.values != new.values
                || old.list.is_some() != new.list.is_some()
        };
        let news = self.known.with_untracked(|known| {
            reads
                .iter()
                .any(|info| known.get(&info.path).is_none_or(|old| other(old, info)))
        });
        if news {
            self.known.update(|known| {
                known.extend(reads.into_iter().map(|info| (info.path.clone(), info)))
            });
            self.draw_again();
        }
    }

    /// Draws the rows again; what had the focus has it afterwards.
    fn draw_again(self) {
        let focused = document()
            .active_element()
            .map(|element| element.id())
            .filter(|id| !id.is_empty());
        self.shape.update(|shape| *shape += 1);
        if let Some(focused) = focused {
            request_animation_frame(move || focus(&focused));
        }
    }

    /// Changes the rows, draws them again and stores them when they are filled in.
    fn change(self, change: impl FnOnce(&mut Expr)) {
        self.expr.update(change);
        self.draw_again();
        self.store();
    }

    fn store(self) {
        let typed = self.slot.typed.get_untracked();
        match self.expr.with_untracked(rows::close) {
            Some(closed) => {
                self.unfinished.set(false);
                // What says the same is kept as it was written, a tree of Flow's included.
                if condition::parse(&typed).as_ref() != Ok(&closed) {
                    self.slot.put(condition::print(&closed));
                }
            }
            None => self.unfinished.set(true),
        }
    }

    fn known(self, path: &str) -> Option<PathInfo> {
        self.known.with_untracked(|known| known.get(path).cloned())
    }

    /// The id of a control of a row.
    fn id(self, at: &[usize], what: &str) -> String {
        let mut id = self.slot.id();
        for number in at {
            id.push_str(&format!("-{number}"));
        }
        format!("{id}-{what}")
    }
}

fn deeper(at: &[usize], number: usize) -> At {
    let mut at = at.to_vec();
    at.push(number);
    at
}

fn node(editor: Editor, at: At, items: Items) -> AnyView {
    let part = editor
        .expr
        .with_untracked(|expr| rows::part(expr, &at).cloned());
    match part {
        None => ().into_any(),
        Some(Expr::And(parts)) => group(editor, at, items, false, parts.len()),
        Some(Expr::Or(parts)) => group(editor, at, items, true, parts.len()),
        Some(Expr::Compare { path, op, value }) => row(editor, at, items, path, op, value),
        Some(Expr::Not(_)) => denied(editor, at, items),
        Some(Expr::List {
            quantifier,
            path,
            item,
            ..
        }) => list(editor, at, items, quantifier, path, item),
    }
}

fn group(editor: Editor, at: At, items: Items, any: bool, count: usize) -> AnyView {
    let parts: Vec<AnyView> = (0..count)
        .map(|number| {
            let part = node(editor, deeper(&at, number), items.clone());
            view! { <li>{part}</li> }.into_any()
        })
        .collect();
    let join = (count > 1).then(|| {
        let at = at.clone();
        select(
            &editor.id(&at, "join"),
            Some(t(k::CONDITION_COMBINE)),
            None,
            vec![
                ("all".to_string(), t(k::CONDITION_ALL_HOLD).to_string()),
                ("any".to_string(), t(k::CONDITION_ANY_HOLDS).to_string()),
            ],
            Signal::stored(if any { "any" } else { "all" }.to_string()),
            move |choice| {
                editor.change(|expr| rows::set_any(expr, &at, choice == "any"));
            },
        )
    });
    let (for_row, for_group) = (at.clone(), at.clone());
    let (row_id, group_id) = (editor.id(&at, "add"), editor.id(&at, "add-group"));
    view! {
        <div class="rows-group">
            {join}
            <ul>{parts}</ul>
            <div class="rows-add">
                <button
                    id=row_id
                    type="button"
                    class="edit-tool"
                    on:click=move |_| {
                        editor.change(|expr| rows::add(expr, &for_row, rows::empty_row()));
                        focus_later(editor.id(&deeper(&for_row, count), "path"));
                    }
                >
                    {t(k::CONDITION_ADD_TEST)}
                </button>
                <button
                    id=group_id
                    type="button"
                    class="edit-tool"
                    on:click=move |_| {
                        // A group in a group says the other of all and any.
                        let parts = vec![rows::empty_row(), rows::empty_row()];
                        let new = if any { Expr::And(parts) } else { Expr::Or(parts) };
                        editor.change(|expr| rows::add(expr, &for_group, new));
                        let first = deeper(&deeper(&for_group, count), 0);
                        focus_later(editor.id(&first, "path"));
                    }
                >
                    {t(k::CONDITION_ADD_GROUP)}
                </button>
            </div>
        </div>
    }
    .into_any()
}

fn focus_later(id: String) {
    request_animation_frame(move || focus(&id));
}

fn remove_button(editor: Editor, at: &At, label: String) -> AnyView {
    let (id, at) = (editor.id(at, "remove"), at.clone());
    view! {
        <button
            id=id
            type="button"
            class="edit-remove"
            aria-label=label
            on:click=move |_| {
                editor.change(|expr| rows::remove(expr, &at));
                let above = at.split_last().map(|(_, above)| above).unwrap_or_default();
                focus_later(editor.id(above, "add"));
            }
        >
            "×"
        </button>
    }
    .into_any()
}

fn denied(editor: Editor, at: At, items: Items) -> AnyView {
    let inner = node(editor, deeper(&at, 0), items);
    view! {
        <div class="rows-not">
            <p>
                <b>{t(k::CONDITION_MUST_NOT)}</b>
                <button
                    type="button"
                    class="edit-tool"
                    on:click=move |_| editor.change(|expr| rows::affirm(expr, &at))
                >
                    {t(k::CONDITION_MUST)}
                </button>
            </p>
            {inner}
        </div>
    }
    .into_any()
}

const QUANTIFIERS: [(Quantifier, &str, Key); 3] = [
    (Quantifier::Any, "any", k::CONDITION_ANY_OF),
    (Quantifier::All, "all", k::CONDITION_ALL_OF),
    (Quantifier::None, "none", k::CONDITION_NONE_OF),
];

fn list(
    editor: Editor,
    at: At,
    items: Items,
    quantifier: Quantifier,
    path: String,
    item: String,
) -> AnyView {
    let mut inner = items.clone();
    inner.push((item, rows::as_event(&path, &items)));
    let body = node(editor, deeper(&at, 0), inner);
    let now = QUANTIFIERS
        .iter()
        .find(|(known, ..)| *known == quantifier)
        .map_or("any", |(_, key, _)| key);
    let choices = QUANTIFIERS
        .iter()
        .map(|(_, key, label)| ((*key).to_string(), t(*label).to_string()))
        .collect();
    let label = path_words(&path, &items);
    let remove = remove_button(editor, &at, tr(k::CONDITION_REMOVE_TEST, &[&label]));
    let which = {
        let at = at.clone();
        select(
            &editor.id(&at, "which"),
            Some(t(k::CONDITION_HOW_MANY)),
            None,
            choices,
            Signal::stored(now.to_string()),
            move |key| {
                editor.change(|expr| {
                    let new = QUANTIFIERS.iter().find(|(_, known, _)| *known == key);
                    if let (Some((new, ..)), Some(Expr::List { quantifier, .. })) =
                        (new, rows::part_mut(expr, &at))
                    {
                        *quantifier = *new;
                    }
                });
            },
        )
    };
    view! {
        <div class="rows-list">
            <div class="rows-list-head">
                {which} <b>{label}</b> {remove}
            </div>
            {body}
        </div>
    }
    .into_any()
}

/// A path in words, as one reads it where it stands.
fn path_words(path: &str, items: &Items) -> String {
    let (first, rest) = path.split_once('.').unwrap_or((path, ""));
    match items.iter().rev().find(|(item, _)| item == first) {
        Some((_, list)) if rest.is_empty() => tr(
            k::CONDITION_THE_ITEM,
            &[&words::path_words(&condition_item_name(list))],
        ),
        Some(_) => words::path_words(rest),
        None => words::path_words(path),
    }
}

/// What an operator asks, of values of a kind.
fn op_words(op: Op, kind: Option<Kind>) -> &'static str {
    match (op, kind) {
        (Op::Gt, Some(Kind::Date)) => t(k::OPERATORS_AFTER),
        (Op::Ge, Some(Kind::Date)) => t(k::OPERATORS_ON_OR_AFTER),
        (Op::Lt, Some(Kind::Date)) => t(k::OPERATORS_BEFORE),
        (Op::Le, Some(Kind::Date)) => t(k::OPERATORS_ON_OR_BEFORE),
        _ => words::op_words(op, None),
    }
}

fn row(
    editor: Editor,
    at: At,
    items: Items,
    path: String,
    op: Op,
    value: Option<Operand>,
) -> AnyView {
    let info = editor.known(&path);
    let kind = match &info {
        Some(info) => info.kind,
        None => Some(Kind::Open),
    };
    // A list is tested by its items; of itself only whether there is any can be asked.
    let is_list = info.as_ref().is_some_and(|info| info.list.is_some());
    let mut ops = rows::operators(kind);
    ops.retain(|op| !is_list || op.is_unary());
    if !ops.contains(&op) {
        ops.insert(0, op);
    }
    let choices: Vec<(String, String)> = ops
        .into_iter()
        .map(|op| (op.as_str().to_string(), op_words(op, kind).to_string()))
        .collect();
    let label = if path.is_empty() {
        t(k::CONDITION_CHOOSE_FIELD).to_string()
    } else {
        words::capitalised(&path_words(&path, &items))
    };
    let remove = if path.is_empty() {
        remove_button(editor, &at, t(k::CONDITION_REMOVE_EMPTY).to_string())
    } else {
        remove_button(editor, &at, tr(k::CONDITION_REMOVE_TEST, &[&label]))
    };
    let field = {
        let at = at.clone();
        let items = items.clone();
        field_button(
            editor,
            &at.clone(),
            "path",
            label,
            path.clone(),
            &items.clone(),
            move |info| {
                choose_field(editor, &at, &items, &info);
            },
        )
    };
    let operator = (!path.is_empty()).then(|| {
        let at = at.clone();
        select(
            &editor.id(&at, "op"),
            Some(t(k::CONDITION_COMPARISON)),
            None,
            choices,
            Signal::stored(op.as_str().to_string()),
            move |text| {
                if let Some(new) = Op::from_flow(&text) {
                    editor.change(|expr| rows::set_op(expr, &at, new, kind));
                    if !new.is_unary() {
                        focus_later(editor.id(&at, "value"));
                    }
                }
            },
        )
    });
    let value = (!path.is_empty() && !op.is_unary())
        .then(|| value_of(editor, &at, &items, kind, info, op, value));
    view! {
        <div class="rows-row">
            {field} {operator} {value} {remove}
        </div>
    }
    .into_any()
}

/// The field of a row was chosen.
fn choose_field(editor: Editor, at: &At, items: &Items, info: &PathInfo) {
    let new = editor
        .expr
        .with_untracked(|expr| rows::test_of(info, items, rows::part(expr, at)));
    // The next control to fill in is that of the comparison, of the items where it is a list.
    let mut next = at.clone();
    let mut learned = Vec::new();
    let mut note = |path: &str, list: Option<&String>, kind: Option<Kind>| {
        learned.push((
            path.to_string(),
            PathInfo {
                path: path.to_string(),
                kind,
                list: list.cloned(),
                ..info.clone()
            },
        ));
    };
    match &new {
        Expr::Compare { path, .. } => note(path, None, info.kind),
        Expr::List { path, .. } => {
            // Of a list of texts the kind is that of its texts, of a list of objects there is none.
            let of_items = info.list.as_ref() == Some(&info.path);
            note(path, Some(path), info.kind.filter(|_| of_items));
            next.extend([0, 0]);
            if let Some(Expr::Compare { path, .. }) = rows::part(&new, &[0, 0])
                && !path.is_empty()
            {
                note(path, None, info.kind);
            }
        }
        _ => {}
    }
    let is_open = matches!(
        rows::part(&new, next.get(at.len()..).unwrap_or_default()),
        Some(Expr::Compare { path, .. }) if path.is_empty()
    );
    editor.known.update(|known| known.extend(learned));
    editor.change(|expr| {
        if let Some(there) = rows::part_mut(expr, at) {
            *there = new;
        }
    });
    focus_later(editor.id(&next, if is_open { "path" } else { "op" }));
}

/// A button with a field's name that opens the search for another.
fn field_button(
    editor: Editor,
    at: &At,
    what: &'static str,
    label: String,
    path: String,
    items: &Items,
    choose: impl Fn(PathInfo) + Clone + Send + Sync + 'static,
) -> AnyView {
    let open = RwSignal::new(false);
    let choose = StoredValue::new(choose);
    let under = StoredValue::new(items.last().map(|(_, list)| list.clone()));
    let id = editor.id(at, what);
    let own = StoredValue::new(id.clone());
    let unknown = !path.is_empty()
        && editor
            .known
            .with_untracked(|known| !known.is_empty() && !known.contains_key(&path));
    view! {
        <div class="rows-field">
            <button
                id=id
                type="button"
                class="rows-path"
                class:bad=unknown
                title=path
                aria-expanded=move || open.get().to_string()
                on:mousedown=move |event: leptos::ev::MouseEvent| {
                    if open.get_untracked() {
                        event.prevent_default();
                    }
                }
                on:click=move |_| open.update(|open| *open = !*open)
            >
                {label}
            </button>
            {move || {
                open.get()
                    .then(|| {
                        picker(
                            editor.slot,
                            Pick::test(under.get_value()),
                            move |info| {
                                open.set(false);
                                choose.with_value(|choose| choose.clone())(info);
                            },
                            move || {
                                if open.try_set(false).is_none() {
                                    own.with_value(|id| focus_from_search(id));
                                }
                            },
                        )
                    })
            }}
        </div>
    }
    .into_any()
}

/// The control for the value of a row.
fn value_of(
    editor: Editor,
    at: &At,
    items: &Items,
    kind: Option<Kind>,
    info: Option<PathInfo>,
    op: Op,
    value: Option<Operand>,
) -> AnyView {
    let id = editor.id(at, "value");
    let put = {
        let at = at.clone();
        move |new: Option<Operand>, draw: bool| {
            let at = at.clone();
            let set = move |expr: &mut Expr| {
                if let Some(Expr::Compare { value, .. }) = rows::part_mut(expr, &at) {
                    *value = new;
                }
            };
            if draw {
                editor.change(set);
            } else {
                editor.expr.update(set);
                editor.store();
            }
        }
    };
    if let Some(Operand::Path(path)) = &value {
        let label = if path.is_empty() {
            t(k::CONDITION_CHOOSE_FIELD).to_string()
        } else {
            words::capitalised(&path_words(path, items))
        };
        let (for_field, for_value) = (put.clone(), put);
        let written = items.clone();
        let button = field_button(
            editor,
            at,
            "value",
            label,
            path.clone(),
            items,
            move |info| {
                let path = match rows::test_of(&info, &written, None) {
                    Expr::Compare { path, .. } => path,
                    _ => info.path.clone(),
                };
                let known = PathInfo {
                    path: path.clone(),
                    ..info
                };
                editor.known.update(|all| {
                    all.insert(path.clone(), known);
                });
                for_field(Some(Operand::Path(path)), true);
            },
        );
        return view! {
            <div class="rows-value">
                {button}
                <button
                    type="button"
                    class="edit-tool"
                    on:click=move |_| for_value(None, true)
                >
                    {t(k::CONDITION_FIXED_VALUE)}
                </button>
            </div>
        }
        .into_any();
    }
    let values = info.map(|info| info.values).unwrap_or_default();
    let many = matches!(op, Op::In | Op::NotIn);
    let text = rows::text_of(value.as_ref());
    if kind == Some(Kind::Boolean) {
        let choices = vec![
            ("true".to_string(), t(k::CONDITION_YES).to_string()),
            ("false".to_string(), t(k::CONDITION_NO).to_string()),
        ];
        return select(
            &id,
            Some(t(k::CONDITION_VALUE)),
            None,
            choices,
            Signal::stored(text),
            move |text| {
                put(Some(Operand::Boolean(text == "true")), false);
            },
        );
    }
    if kind == Some(Kind::Enum) && !many && !values.is_empty() {
        let mut choices: Vec<(String, String)> = values
            .into_iter()
            .map(|value| (value.clone(), words::enum_words(&value)))
            .collect();
        if !choices.iter().any(|(value, _)| *value == text) {
            let label = if text.is_empty() {
                t(k::CONDITION_CHOOSE_ONE)
            } else {
                &text
            };
            choices.insert(0, (text.clone(), label.to_string()));
        }
        let before = value.clone();
        return select(
            &id,
            Some(t(k::CONDITION_VALUE)),
            None,
            choices,
            Signal::stored(text),
            move |text| {
                put(rows::operand(&text, kind, before.as_ref()), false);
            },
        );
    }
    let is_day = text.is_empty() || (text.len() == 10 && text.as_bytes().get(4) == Some(&b'-'));
    let (input_type, mode) = match kind {
        Some(Kind::Date) if is_day && !many => ("date", "text"),
        Some(Kind::Number) => ("text", "decimal"),
        _ => ("text", "text"),
    };
    let placeholder = if many {
        t(k::CONDITION_ONE_TWO_THREE)
    } else {
        t(k::CONDITION_VALUE)
    };
    let bad = RwSignal::new(matches!(
        &value,
        Some(Operand::Number(text)) if !rows::is_number(text)
    ));
    let options = (many && !values.is_empty()).then(|| {
        let text = tr(k::CONDITION_ONE_OR_MORE, &[&values.join(", ")]);
        view! { <p class="edit-hint">{words::shorten(&text, 240)}</p> }
    });
    let to_path = {
        let put = put.clone();
        (!many).then(|| {
            view! {
                <button
                    type="button"
                    class="edit-tool"
                    on:click=move |_| put(Some(Operand::Path(String::new())), true)
                >
                    {t(k::CONDITION_USE_FIELD)}
                </button>
            }
        })
    };
    view! {
        <div class="rows-value">
            <input
                id=id
                type=input_type
                inputmode=mode
                autocomplete="off"
                aria-label=t(k::CONDITION_VALUE)
                placeholder=placeholder
                aria-invalid=move || bad.get().then_some("true")
                prop:value=text
                on:change:target=move |event| {
                    let typed = event.target().value();
                    let operand = rows::operand(&typed, if many { Some(Kind::Text) } else { kind }, value.as_ref());
                    bad.set(
                        matches!(&operand, Some(Operand::Number(text)) if !rows::is_number(text)),
                    );
                    put(operand, false);
                }
            />
            {to_path}
            {options}
            {move || {
                bad.get()
                    .then(|| {
                        view! {
                            <p class="edit-note" role="status">
                                {t(k::CONDITION_DIGITS)}
                            </p>
                        }
                    })
            }}
        </div>
    }
    .into_any()
}
