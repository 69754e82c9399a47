//! A list to search and choose from, by keyboard or by hand.

use leptos::ev;
use leptos::html::{Input, Ul};

use crate::icons::{Glyph, Icon};
use crate::prelude::*;

/// More than this many are not listed at once; whoever looks for one writes another letter.
const MOST: usize = 120;

/// Something to choose.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Choice {
    /// Choices of one group stand together under its name.
    pub group: &'static str,
    pub label: String,
    pub detail: String,
    /// A few more words, for example what must be installed.
    pub badge: Option<String>,
    pub icon: Option<Icon>,
}

/// The choices in which every word of the query occurs, best first; all of them for an empty query.
pub fn found(choices: &[Choice], query: &str) -> Vec<usize> {
    let query = query.trim().to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let mut found: Vec<(usize, usize)> = choices
        .iter()
        .enumerate()
        .filter_map(|(at, choice)| Some((rank(choice, &query, &words)?, at)))
        .collect();
    flow::sorted::sort_by_key(&mut found, |(rank, at)| (*rank, *at));
    let mut order: Vec<&str> = Vec::new();
    for (_, at) in &found {
        if !order.contains(&choices[*at].group) {
            order.push(choices[*at].group);
        }
    }
    let place = |at: usize| order.iter().position(|group| *group == choices[at].group);
    flow::sorted::sort_by_key(&mut found, |(rank, at)| (place(*at), *rank, *at));
    found.into_iter().take(MOST).map(|(_, at)| at).collect()
}

/// How well a choice fits, the best first; `None` when a word is missing.
fn rank(choice: &Choice, query: &str, words: &[&str]) -> Option<usize> {
    if words.is_empty() {
        return Some(0);
    }
    let label = choice.label.to_lowercase();
    let rest = format!(
        "{} {}",
        choice.detail.to_lowercase(),
        choice.badge.as_deref().unwrap_or_default().to_lowercase()
    );
    if words
        .iter()
        .any(|word| !label.contains(word) && !rest.contains(word))
    {
        return None;
    }
    let begins = |word: &&str| label.split_whitespace().any(|part| part.starts_with(*word));
    Some(if label.starts_with(query) {
        0
    } else if words.iter().all(begins) {
        1
    } else if words.iter().all(|word| label.contains(word)) {
        2
    } else {
        3
    })
}

/// Draws the search field and the list.
pub fn chooser(
    choices: Vec<Choice>,
    placeholder: &'static str,
    nothing: &'static str,
    choose: Callback<usize>,
) -> AnyView {
    let choices = StoredValue::new(choices);
    let query = RwSignal::new(String::new());
    let at = RwSignal::new(0usize);
    let field: NodeRef<Input> = NodeRef::new();
    let list: NodeRef<Ul> = NodeRef::new();
    let shown =
        Memo::new(move |_| choices.with_value(|choices| query.with(|query| found(choices, query))));
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            // Not focusing is no harm.
            let _ = field.focus();
        }
    });
    let go = move |to: usize| {
        at.set(to);
        if let Some(list) = list.get_untracked()
            && let Ok(Some(option)) = list.query_selector(&format!("#choice-{to}"))
        {
            option.scroll_into_view_with_bool(false);
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let count = shown.with_untracked(Vec::len);
        let now = at.get_untracked();
        match event.key().as_str() {
            "ArrowDown" if count > 0 => go((now + 1) % count),
            "ArrowUp" if count > 0 => go((now + count - 1) % count),
            "Home" if count > 0 && event.ctrl_key() => go(0),
            "End" if count > 0 && event.ctrl_key() => go(count - 1),
            "Enter" => {
                let chosen = shown.with_untracked(|shown| shown.get(now).copied());
                if let Some(chosen) = chosen {
                    choose.run(chosen);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let rows = move || {
        let shown = shown.get();
        let mut group = "";
        let mut rows: Vec<AnyView> = Vec::new();
        choices.with_value(|choices| {
            for (place, index) in shown.into_iter().enumerate() {
                let choice = &choices[index];
                if choice.group != group {
                    group = choice.group;
                    rows.push(
                        view! {
                            <li role="presentation" class="eyebrow">
                                {group}
                            </li>
                        }
                        .into_any(),
                    );
                }
                rows.push(row(choice, place, at, move || choose.run(index)));
            }
        });
        rows
    };
    view! {
        <div class="chooser">
            <div class="chooser-field">
                <Glyph icon=Icon::Search />
                <input
                    type="text"
                    role="combobox"
                    node_ref=field
                    aria-expanded="true"
                    aria-controls="choices"
                    aria-autocomplete="list"
                    aria-label=placeholder
                    aria-activedescendant=move || {
                        // An id that is nowhere on the page is none to point to.
                        (at.get() < shown.with(Vec::len)).then(|| format!("choice-{}", at.get()))
                    }
                    placeholder=placeholder
                    autocomplete="off"
                    autofocus=true
                    spellcheck="false"
                    on:input:target=move |event| {
                        query.set(event.target().value());
                        at.set(0);
                    }
                    on:keydown=on_key
                />
            </div>
            <ul id="choices" role="listbox" aria-label=placeholder node_ref=list>
                {rows}
            </ul>
            <p class="muted chooser-none" role="status">
                {move || shown.with(Vec::is_empty).then_some(nothing)}
            </p>
        </div>
    }
    .into_any()
}

fn row(
    choice: &Choice,
    place: usize,
    at: RwSignal<usize>,
    choose: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    let detail = (!choice.detail.is_empty())
        .then(|| view! { <span class="muted">{choice.detail.clone()}</span> });
    view! {
        <li
            id=format!("choice-{place}")
            role="option"
            class="pick-row"
            aria-selected=move || if at.get() == place { "true" } else { "false" }
            on:click=move |_| choose()
        >
            {choice.icon.map(|icon| view! { <Glyph icon /> })}
            <span class="pick-text">
                <strong>{choice.label.clone()}</strong>
                {detail}
            </span>
            {choice.badge.clone().map(|badge| view! { <span class="chip">{badge}</span> })}
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(group: &'static str, label: &str, detail: &str, badge: Option<&str>) -> Choice {
        Choice {
            group,
            label: label.to_string(),
            detail: detail.to_string(),
            badge: badge.map(str::to_string),
            icon: None,
        }
    }

    #[test]
    fn choices_are_found_by_all_words_and_the_best_first() {
        let choices = [
            choice("Actions", "Archive order", "Puts an order away.", None),
            choice("Actions", "Add order tags", "Adds tags to an order.", None),
            choice(
                "Actions",
                "Tag a ticket",
                "In the help desk.",
                Some("Needs Gorgias"),
            ),
            choice("Decide", "Condition", "Decides by tags and totals.", None),
        ];
        assert_eq!(found(&choices, ""), [0, 1, 2, 3]);
        assert_eq!(found(&choices, "  TAG "), [2, 1, 3]);
        assert_eq!(found(&choices, "order tag"), [1]);
        assert_eq!(found(&choices, "gorgias"), [2]);
        assert_eq!(found(&choices, "nothing of the kind"), Vec::<usize>::new());
        // The group of the best comes first.
        assert_eq!(found(&choices, "decides"), [3]);
    }

    #[test]
    fn a_long_list_ends() {
        let many: Vec<Choice> = (0..300)
            .map(|at| choice("Actions", &format!("Task {at}"), "", None))
            .collect();
        assert_eq!(found(&many, "task").len(), MOST);
    }
}
