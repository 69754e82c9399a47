//! When a workflow starts by itself: how often, on which days, at what time.

use flow::schedule::{Schedule, Unit, WEEKDAYS};

use super::simple::{described, invalid, line, select};
use super::slot::Slot;
use crate::language::{Key, k, t};
use crate::prelude::*;

const UNITS: [(Unit, &str, Key); 6] = [
    (Unit::Minute, "minute", k::SCHEDULE_MINUTES),
    (Unit::Hour, "hour", k::SCHEDULE_HOURS),
    (Unit::Day, "day", k::SCHEDULE_DAYS),
    (Unit::Week, "week", k::SCHEDULE_WEEKS),
    (Unit::Month, "month", k::SCHEDULE_MONTHS),
    (Unit::Year, "year", k::SCHEDULE_YEARS),
];

/// Time zones that are offered; others can be typed.
const ZONES: [&str; 18] = [
    "UTC",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Toronto",
    "America/Sao_Paulo",
    "Europe/London",
    "Europe/Paris",
    "Europe/Berlin",
    "Europe/Stockholm",
    "Europe/Madrid",
    "Africa/Johannesburg",
    "Asia/Dubai",
    "Asia/Kolkata",
    "Asia/Tokyo",
    "Australia/Sydney",
    "Pacific/Auckland",
];

/// Every day at eight, from a day in the past: it begins at once.
fn usual() -> Schedule {
    Schedule {
        unit: Unit::Day,
        interval: 1,
        weekdays: Vec::new(),
        month_days: Vec::new(),
        time: (8, 0),
        start: "2026-01-01".to_string(),
        zone: "UTC".to_string(),
    }
}

/// The parts of a schedule; one that says more is shown as text.
pub fn schedule(slot: Slot) -> AnyView {
    let read = Memo::new(move |_| slot.typed.with(|typed| Schedule::read(typed)));
    let is_empty = move || slot.typed.with(|typed| typed.trim().is_empty());
    let simple = Memo::new(move |_| read.with(Option::is_some));
    (move || {
        if simple.get() {
            return parts(slot, read);
        }
        let text = if is_empty() {
            t(k::SCHEDULE_NONE)
        } else {
            t(k::SCHEDULE_MORE)
        };
        let line = (!is_empty()).then(|| line(slot));
        view! {
            <p class="edit-hint">{text}</p>
            {line}
            <button
                type="button"
                class="edit-tool"
                on:click=move |_| slot.put(usual().write())
            >
                {t(k::SCHEDULE_SET)}
            </button>
        }
        .into_any()
    })
    .into_any()
}

fn parts(slot: Slot, read: Memo<Option<Schedule>>) -> AnyView {
    let now = move || read.get().unwrap_or_else(usual);
    let change = move |change: &dyn Fn(&mut Schedule)| {
        let mut schedule = read.get_untracked().unwrap_or_else(usual);
        change(&mut schedule);
        slot.put(schedule.write());
    };
    let unit = Memo::new(move |_| now().unit);
    let id = slot.id();
    let (unit_id, described) = (format!("{id}-unit"), described(&id));
    let units = UNITS
        .iter()
        .map(|(_, key, label)| ((*key).to_string(), t(*label).to_string()))
        .collect();
    let key_of = move || {
        let unit = unit.get();
        UNITS
            .iter()
            .find(|(known, ..)| *known == unit)
            .map_or("day", |(_, key, _)| key)
            .to_string()
    };
    let weekdays = move || {
        (unit.get() == Unit::Week).then(|| {
            let days: Vec<AnyView> = WEEKDAYS
                .into_iter()
                .zip(t(k::UNITS_WEEKDAYS).split(' '))
                .map(|(day, name)| {
                    let on = move || now().weekdays.contains(&day);
                    view! {
                        <label class="edit-day">
                            <input
                                type="checkbox"
                                prop:checked=on
                                on:change:target=move |event| {
                                    let checked = event.target().checked();
                                    change(&|schedule: &mut Schedule| {
                                        schedule.weekdays.retain(|known| *known != day);
                                        if checked {
                                            schedule.weekdays.push(day);
                                        }
                                    });
                                }
                            />
                            <span>{name}</span>
                        </label>
                    }
                    .into_any()
                })
                .collect();
            view! {
                <fieldset class="edit-days">
                    <legend>{t(k::SCHEDULE_ON)}</legend>
                    {days}
                </fieldset>
            }
        })
    };
    let month_days = move || {
        (unit.get() == Unit::Month).then(|| {
            let text = move || {
                let days: Vec<String> = now().month_days.iter().map(i8::to_string).collect();
                days.join(", ")
            };
            view! {
                <label class="edit-part">
                    <span>{t(k::SCHEDULE_ON_DAYS)}</span>
                    <input
                        type="text"
                        inputmode="numeric"
                        placeholder="1, 15"
                        prop:value=text
                        on:change:target=move |event| {
                            let typed = event.target().value();
                            change(&|schedule: &mut Schedule| {
                                schedule.month_days = typed
                                    .split([',', ' '])
                                    .filter_map(|day| day.trim().parse::<i8>().ok())
                                    .filter(|day| (1..=31).contains(&day.unsigned_abs()))
                                    .collect();
                            });
                        }
                    />
                </label>
            }
        })
    };
    let time = move || {
        (!matches!(unit.get(), Unit::Minute | Unit::Hour)).then(|| {
            let text = move || {
                let (hour, minute) = now().time;
                format!("{hour:02}:{minute:02}")
            };
            view! {
                <label class="edit-part">
                    <span>{t(k::SCHEDULE_AT)}</span>
                    <input
                        type="time"
                        prop:value=text
                        on:change:target=move |event| {
                            let typed = event.target().value();
                            if let Some((hour, minute)) = typed.split_once(':')
                                && let (Ok(hour), Ok(minute)) = (
                                    hour.parse(),
                                    minute.get(..2).unwrap_or(minute).parse(),
                                )
                            {
                                change(&|schedule: &mut Schedule| schedule.time = (hour, minute));
                            }
                        }
                    />
                </label>
            }
        })
    };
    view! {
        <div class="edit-schedule">
            <div class="edit-part">
                <label for=id.clone()>{t(k::SCHEDULE_EVERY)}</label>
                <div class="edit-pair">
                    <input
                        id=id
                        type="number"
                        min="1"
                        prop:value=move || now().interval.to_string()
                        aria-describedby=described
                        aria-invalid=invalid(slot)
                        on:change:target=move |event| {
                            let typed = event.target().value().parse::<u32>();
                            if let Some(count) = typed.ok().filter(|count| *count > 0) {
                                change(&|schedule: &mut Schedule| schedule.interval = count);
                            } else {
                                event.target().set_value(&now().interval.to_string());
                            }
                        }
                    />
                    {select(
                        &unit_id,
                        Some(t(k::SCHEDULE_UNIT)),
                        None,
                        units,
                        Signal::derive(key_of),
                        move |key| {
                            let unit = UNITS.iter().find(|(_, known, _)| *known == key);
                            if let Some((unit, ..)) = unit {
                                change(&|schedule: &mut Schedule| {
                                    schedule.unit = *unit;
                                    // Flow starts nothing more often than every ten minutes.
                                    if *unit == Unit::Minute {
                                        schedule.interval = schedule.interval.max(10);
                                    }
                                });
                            }
                        },
                    )}
                </div>
            </div>
            {weekdays}
            {month_days}
            {time}
            <label class="edit-part">
                <span>{t(k::SCHEDULE_FROM)}</span>
                <input
                    type="date"
                    prop:value=move || now().start
                    on:change:target=move |event| {
                        let start = event.target().value();
                        if start.len() == 10 {
                            change(&|schedule: &mut Schedule| schedule.start.clone_from(&start));
                        }
                    }
                />
            </label>
            <label class="edit-part">
                <span>{t(k::SCHEDULE_ZONE)}</span>
                <input
                    type="text"
                    list="time-zones"
                    prop:value=move || now().zone
                    on:change:target=move |event| {
                        let zone = event.target().value().trim().to_string();
                        let is_zone = !zone.is_empty()
                            && zone
                                .chars()
                                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '-' | '+'));
                        if is_zone {
                            change(&|schedule: &mut Schedule| schedule.zone.clone_from(&zone));
                        } else {
                            event.target().set_value(&now().zone);
                        }
                    }
                />
            </label>
            <datalist id="time-zones">
                {ZONES.map(|zone| view! { <option value=zone></option> }).to_vec()}
            </datalist>
        </div>
    }
    .into_any()
}
