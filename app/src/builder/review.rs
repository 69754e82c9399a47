//! Pending changes: what the chat would change, for the merchant to accept or discard one by one.

use std::collections::HashMap;

use flow::diff::{ChangeId, What};
use flow::session::{Drawing, State, TurnState};
use flow::workflow::Workflow;
use leptos::wasm_split::wasm_split;

use super::desk::Desk;
use crate::api::{self, PendingChange, PendingChanges};
use crate::icons::{Glyph, Icon};
use crate::language::{count, k, said, said_text, t, tr};
use crate::part::{Drawn, Load, part_in_browser};
use crate::prelude::*;
use crate::tasks::Tasks;
use crate::words::{self, Shown};

/// What the list of changes belongs to: the turn, what it proposes, and the draft it would change.
type Key = (u32, u64, u64);

fn key(state: &State) -> Option<Key> {
    let proposal = state.proposal.as_ref()?;
    (state.drawing != Drawing::Provisional).then_some((
        proposal.turn,
        proposal.revision,
        state.revision,
    ))
}

/// The list of pending changes while there are any.
pub fn review(desk: Desk) -> AnyView {
    let waits = Memo::new(move |_| desk.state.with(|state| key(state).is_some()));
    (move || waits.get().then(|| part_in_browser(load, draw_review))).into_any()
}

/// Loads this part.
pub fn load() -> Load {
    Box::pin(load_review())
}

#[wasm_split(builder, wasm_split_path = leptos::wasm_split, preload(load_review), fallible)]
fn draw_review() -> Drawn {
    Ok(view! { <Review /> }.into_any())
}

/// The list of pending changes, with a verdict for each and for all.
#[component]
fn Review() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let key = Memo::new(move |_| desk.state.with(key));
    let running = Memo::new(move |_| desk.state.with(|state| state.turn != TurnState::Idle));
    let pending = RwSignal::new(None::<(Key, PendingChanges)>);
    Effect::new(move |_| {
        let Some(key) = key.get() else {
            pending.set(None);
            return;
        };
        desk.attempt(async move {
            // What came too late is about something else.
            if let Some(found) = api::pending(desk.session_id()).await? {
                pending.try_set(Some((key, found)));
            }
            Ok(())
        });
    });
    move || {
        let (turn, ..) = key.get()?;
        let list = pending.with(|pending| {
            pending
                .as_ref()
                .filter(|(of, _)| Some(*of) == key.get())
                .map(|(_, pending)| pending.changes.clone())
        });
        let all = move |accepted: bool| {
            desk.attempt(api::judge(desk.session_id(), turn, accepted));
        };
        let head = match list.as_ref().map(Vec::len) {
            Some(number) => count(k::REVIEW_COUNT, number),
            None => t(k::REVIEW_WAIT).to_string(),
        };
        Some(view! {
            <section class="review" aria-label=t(k::REVIEW_PENDING)>
                <header class="review-head">
                    <div>
                        <h3>{head}</h3>
                        <p class="muted">{t(k::REVIEW_NOTHING_IN_FORCE)}</p>
                    </div>
                    <div class="review-all">
                        <button
                            type="button"
                            class="button"
                            disabled=running
                            on:click=move |_| all(false)
                        >
                            {t(k::REVIEW_DISCARD_ALL)}
                        </button>
                        <button
                            type="button"
                            class="button primary"
                            disabled=running
                            on:click=move |_| all(true)
                        >
                            {t(k::REVIEW_ACCEPT_ALL)}
                        </button>
                    </div>
                </header>
                {list.map(|list| rows(desk, turn, list, running))}
            </section>
        })
    }
}

fn rows(desk: Desk, turn: u32, list: Vec<PendingChange>, running: Memo<bool>) -> AnyView {
    let sentences: HashMap<ChangeId, String> = list
        .iter()
        .map(|change| (change.id.clone(), change.sentence.clone()))
        .collect();
    let only_one = list.len() == 1;
    view! {
        <ol class="review-list">
            {list
                .into_iter()
                .map(|change| row(desk, turn, change, &sentences, only_one, running))
                .collect_view()}
        </ol>
    }
    .into_any()
}

fn row(
    desk: Desk,
    turn: u32,
    change: PendingChange,
    sentences: &HashMap<ChangeId, String>,
    only_one: bool,
    running: Memo<bool>,
) -> AnyView {
    let id = change.id.clone();
    let judge = move |accepted: bool| {
        let change = vec![id.clone()];
        desk.attempt(api::judge_changes(
            desk.session_id(),
            turn,
            change,
            accepted,
        ));
    };
    let accept = judge.clone();
    let step = change.what.step().map(str::to_string);
    let shown = desk.state.with_untracked(|state| {
        let draft = state.draft.clone().unwrap_or_default();
        values(&change.what, &draft, &desk.tasks())
    });
    let along = |head: &'static str, ids: &[ChangeId]| {
        let named: Vec<String> = ids
            .iter()
            .filter_map(|id| sentences.get(id))
            .map(|sentence| {
                said_text(sentence)
                    .trim_end_matches(['.', '。'])
                    .to_string()
            })
            .collect();
        (!named.is_empty()).then(|| {
            view! { <p class="review-along">{head}" "{named.join("; ")}"."</p> }
        })
    };
    let brings = along(t(k::REVIEW_ALSO_ACCEPTS), &change.brings);
    let takes = along(t(k::REVIEW_ALSO_DISCARDS), &change.takes);
    let about = said_text(&change.sentence);
    let verdicts = (!only_one).then(|| {
        view! {
            <div class="review-verdicts">
                <button
                    type="button"
                    class="tool"
                    disabled=running
                    aria-label=tr(k::REVIEW_DISCARD_THIS, &[&about])
                    title=t(k::REVIEW_DISCARD)
                    on:click=move |_| judge(false)
                >
                    <Glyph icon=Icon::Close />
                </button>
                <button
                    type="button"
                    class="tool good"
                    disabled=running
                    aria-label=tr(k::REVIEW_ACCEPT_THIS, &[&about])
                    title=t(k::REVIEW_ACCEPT)
                    on:click=move |_| accept(true)
                >
                    <Glyph icon=Icon::Check />
                </button>
            </div>
        }
    });
    let kind = match &change.what {
        What::StepAdded { .. } => "new",
        What::StepRemoved { .. } => "gone",
        _ => "changed",
    };
    let said = said(&change.sentence);
    let sentence = match step {
        Some(step) => view! {
            <button
                type="button"
                class="plain"
                on:click=move |_| desk.selected.set(Some(step.clone()))
            >
                {said.text}
            </button>
        }
        .into_any(),
        None => said.text.into_any(),
    };
    view! {
        <li class=format!("review-row {kind}")>
            <div class="review-what">
                <p lang=said.lang>{sentence}</p>
                {shown
                    .map(|(from, to)| {
                        view! {
                            <p class="review-values">
                                <del>{from}</del>
                                " "
                                <ins>{to}</ins>
                            </p>
                        }
                    })}
                {brings}
                {takes}
            </div>
            {verdicts}
        </li>
    }
    .into_any()
}

/// A field's value before and after, in words.
fn values(what: &What, draft: &Workflow, tasks: &Tasks) -> Option<(String, String)> {
    let nothing = || t(k::REVIEW_EMPTY).to_string();
    match what {
        What::FieldChanged {
            step,
            field,
            from,
            to,
        } => {
            let kind = draft
                .step(step)
                .and_then(|step| tasks.get(&step.task_id))
                .and_then(|task| task.field(field))
                .map(|field| field.kind)
                .or((field == "condition").then_some(flow::catalog::FieldKind::Condition));
            let tell = |value: &Option<String>| match value {
                None => nothing(),
                Some(value) => match words::show(kind, value) {
                    Shown::Chips(chips) => chips.join(", "),
                    Shown::Words(text) | Shown::Text(text) | Shown::Code(text) => text,
                    Shown::Pairs(pairs) => pairs
                        .iter()
                        .map(|(key, value)| format!("{key}: {value}"))
                        .collect::<Vec<_>>()
                        .join(", "),
                    Shown::Nothing => nothing(),
                },
            };
            Some((tell(from), tell(to)))
        }
        What::DetailChanged { from, to, .. } => Some((
            from.clone().unwrap_or_else(nothing),
            to.clone().unwrap_or_else(nothing),
        )),
        What::Renamed { from, to } => Some((from.clone(), to.clone())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use flow::TaskType;
    use flow::session::Proposal;
    use flow::workflow::Step;

    use super::*;

    #[test]
    fn values_are_told_in_words() {
        let mut draft = Workflow::default();
        draft
            .steps
            .push(Step::new("a", "x::y", "1", TaskType::Action));
        let what = |from: Option<&str>, to: Option<&str>| What::FieldChanged {
            step: "a".to_string(),
            field: "tags".to_string(),
            from: from.map(str::to_string),
            to: to.map(str::to_string),
        };
        let tasks = Tasks::default();
        for (from, to, told) in [
            (
                Some(r#"["VIP"]"#),
                Some(r#"["VIP","Big"]"#),
                ("VIP", "VIP, Big"),
            ),
            (None, Some("hello"), ("empty", "hello")),
            (Some("hello"), None, ("hello", "empty")),
        ] {
            let found = values(&what(from, to), &draft, &tasks);
            assert_eq!(found, Some((told.0.to_string(), told.1.to_string())));
        }
        let added = What::StepAdded {
            step: "a".to_string(),
        };
        assert_eq!(values(&added, &draft, &tasks), None);
    }

    #[test]
    fn nothing_is_reviewed_while_a_new_proposal_is_drawn() {
        let mut state = State {
            proposal: Some(Proposal {
                turn: 2,
                workflow: Workflow::default(),
                findings: Vec::new(),
                revision: 7,
            }),
            revision: 4,
            drawing: Drawing::Verified,
            ..State::default()
        };
        assert_eq!(key(&state), Some((2, 7, 4)));
        state.drawing = Drawing::Provisional;
        assert_eq!(key(&state), None);
    }
}
