//! Controls of one line: text, numbers, yes and no, one of several, lengths of time, sort orders.

use flow::catalog::FieldKind;
use serde_json::{Value, json};

use super::slot::{Slot, has_liquid};
use crate::language::{Key, k, t};
use crate::prelude::*;
use crate::words;

/// The ids of what describes a control.
pub fn described(id: &str) -> String {
    format!("{id}-hint {id}-marks")
}

/// `true` where something is wrong with what is typed.
pub fn invalid(slot: Slot) -> Memo<Option<&'static str>> {
    Memo::new(move |_| slot.is_bad().then_some("true"))
}

/// A line of text.
pub fn line(slot: Slot) -> AnyView {
    let id = slot.id();
    let described = described(&id);
    let mode = match slot.kind() {
        FieldKind::Integer => "numeric",
        _ => "text",
    };
    view! {
        <input
            id=id
            type="text"
            inputmode=mode
            autocomplete="off"
            prop:value=move || slot.typed.get()
            aria-describedby=described
            aria-invalid=invalid(slot)
            on:input:target=move |event| slot.typing(event.target().value())
            on:blur=move |_| slot.leave()
        />
    }
    .into_any()
}

/// A switch; a value that is Liquid is a line of text.
pub fn switch(slot: Slot) -> AnyView {
    let liquid = Memo::new(move |_| slot.typed.with(|typed| has_liquid(typed)));
    (move || {
        if liquid.get() {
            return line(slot);
        }
        let id = slot.id();
        let described = described(&id);
        let on = move || slot.typed.with(|typed| typed == "true");
        view! {
            <button
                id=id
                type="button"
                role="switch"
                class="edit-switch"
                aria-checked=move || on().to_string()
                aria-describedby=described
                on:click=move |_| {
                    let next = !on();
                    slot.put(next.to_string());
                }
            >
                <i aria-hidden="true"></i>
                <span>{move || if on() { t(k::FRAME_YES) } else { t(k::FRAME_NO) }}</span>
            </button>
        }
        .into_any()
    })
    .into_any()
}

/// One of several, in plain words; what is set and not among them stays to be chosen.
pub fn choice(slot: Slot) -> AnyView {
    let (values, required) = slot
        .field
        .with_value(|field| (field.values.clone(), field.required));
    if values.is_empty() {
        return line(slot);
    }
    let mut options: Vec<(String, String)> = values
        .into_iter()
        .map(|value| (words::enum_words(&value), value))
        .map(|(label, value)| (value, label))
        .collect();
    let now = slot.typed.get_untracked();
    if !now.is_empty() && !options.iter().any(|(value, _)| *value == now) {
        options.insert(0, (now.clone(), now.clone()));
    }
    if !required || now.is_empty() {
        options.insert(0, (String::new(), t(k::SIMPLE_NOT_SET).to_string()));
    }
    let id = slot.id();
    let described = described(&id);
    select(
        &id,
        None,
        Some(described),
        options,
        Signal::derive(move || slot.typed.get()),
        move |value| slot.put(value),
    )
}

/// A list to choose from: values with their labels.
pub fn select(
    id: &str,
    label: Option<&str>,
    described: Option<String>,
    options: Vec<(String, String)>,
    now: Signal<String>,
    choose: impl Fn(String) + 'static,
) -> AnyView {
    let options: Vec<AnyView> = options
        .into_iter()
        .map(|(value, label)| {
            let this = value.clone();
            view! {
                <option value=value prop:selected=move || now.with(|now| *now == this)>
                    {label}
                </option>
            }
            .into_any()
        })
        .collect();
    view! {
        <select
            id=id.to_string()
            aria-label=label.map(str::to_string)
            aria-describedby=described
            on:change:target=move |event| choose(event.target().value())
        >
            {options}
        </select>
    }
    .into_any()
}

/// The units of a wait that Flow takes.
const UNITS: [(&str, Key); 5] = [
    ("seconds", k::SCHEDULE_SECONDS),
    ("minutes", k::SCHEDULE_MINUTES),
    ("hours", k::SCHEDULE_HOURS),
    ("days", k::SCHEDULE_DAYS),
    ("weeks", k::SCHEDULE_WEEKS),
];

/// How long: a number and a unit.
pub fn duration(slot: Slot) -> AnyView {
    let read = move || -> (String, String) {
        let value: Value = slot
            .typed
            .with(|typed| serde_json::from_str(typed))
            .unwrap_or_default();
        let amount = match value.get("amount") {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let unit = value.get("unit").and_then(Value::as_str).unwrap_or("days");
        (amount, unit.to_string())
    };
    let write = |amount: &str, unit: &str| json!({ "amount": amount, "unit": unit }).to_string();
    let id = slot.id();
    let unit_id = format!("{id}-unit");
    let described = described(&id);
    let mut units: Vec<(String, String)> = UNITS
        .iter()
        .map(|(unit, name)| ((*unit).to_string(), t(*name).to_string()))
        .collect();
    let now = read().1;
    if !UNITS.iter().any(|(unit, _)| *unit == now) {
        units.push((now.clone(), now));
    }
    view! {
        <div class="edit-pair">
            <input
                id=id
                type="text"
                inputmode="numeric"
                autocomplete="off"
                prop:value=move || read().0
                aria-describedby=described
                aria-invalid=invalid(slot)
                on:input:target=move |event| {
                    slot.typing(write(event.target().value().trim(), &read().1));
                }
                on:blur=move |_| slot.leave()
            />
            {select(
                &unit_id,
                Some(t(k::SCHEDULE_UNIT)),
                None,
                units,
                Signal::derive(move || read().1),
                move |unit| slot.put(write(&read().0, &unit)),
            )}
        </div>
    }
    .into_any()
}

/// The fields that lists of objects are usually sorted by; others can be typed.
pub fn sort(slot: Slot) -> AnyView {
    let read = move || -> (String, String) {
        let value: Value = slot
            .typed
            .with(|typed| serde_json::from_str(typed))
            .unwrap_or_default();
        let part = |key: &str| {
            value
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_string()
        };
        (part("sortKey"), part("order"))
    };
    let write = |key: &str, order: &str| {
        if key.is_empty() {
            return String::new();
        }
        let order = if order.is_empty() { "ASCENDING" } else { order };
        json!({ "sortKey": key, "order": order }).to_string()
    };
    let id = slot.id();
    let order_id = format!("{id}-order");
    let described = described(&id);
    let orders = vec![
        ("ASCENDING".to_string(), t(k::SIMPLE_SMALLEST).to_string()),
        ("DESCENDING".to_string(), t(k::SIMPLE_LARGEST).to_string()),
    ];
    view! {
        <div class="edit-pair">
            <input
                id=id
                type="text"
                autocomplete="off"
                placeholder="CREATED_AT"
                prop:value=move || read().0
                aria-describedby=described
                on:input:target=move |event| {
                    slot.typing(write(event.target().value().trim(), &read().1));
                }
                on:blur=move |_| slot.leave()
            />
            {select(
                &order_id,
                Some(t(k::SIMPLE_ORDER)),
                None,
                orders,
                Signal::derive(move || read().1),
                move |order| slot.put(write(&read().0, &order)),
            )}
        </div>
    }
    .into_any()
}
