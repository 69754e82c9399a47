//! Trying the workflow on a test event: pick or write one, and see on the canvas which way it goes.

use std::collections::HashSet;

use flow::session::{Drawing, State};
use flow::workflow::{StepId, Workflow};
use leptos::task::spawn_local;

use super::desk::{Desk, Overlay};
use super::side::head;
use crate::api::{self, Tried, TryBranch, TryEvent, TryOffer};
use crate::icons::{Glyph, Icon};
use crate::language::{count, k, said_text, t, tr};
use crate::prelude::*;
use crate::runs;

/// The id of what would happen.
const RESULT: &str = "try-result";
/// Windows up to this width show the canvas above the side; as in the style sheet.
const NARROW: f64 = 820.0;

/// What was tried last: the workflow and what it would do.
type Outcome = (Workflow, Tried);

/// What the events belong to: the revisions of the draft and of what is pending.
fn key(state: &State) -> (u64, Option<u64>, bool) {
    (
        state.revision,
        state.proposal.as_ref().map(|proposal| proposal.revision),
        state.drawing == Drawing::Provisional,
    )
}

/// The side on which the workflow is tried out.
#[component]
pub fn TryOut() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let key = Memo::new(move |_| desk.state.with(key));
    let offer = RwSignal::new(None::<TryOffer>);
    let chosen = RwSignal::new(None::<usize>);
    let text = RwSignal::new(String::new());
    let trigger = RwSignal::new(StepId::new());
    let problem = RwSignal::new(None::<String>);
    let outcome = RwSignal::new(None::<Outcome>);
    // Branches that were taken since the workflow last changed.
    let seen = RwSignal::new(HashSet::<(StepId, String)>::new());

    // A workflow that changed is tried afresh.
    Effect::new(move |_| {
        let (.., drawing) = key.get();
        offer.set(None);
        chosen.set(None);
        outcome.set(None);
        problem.set(None);
        seen.update(HashSet::clear);
        desk.overlay.set(None);
        if drawing {
            return;
        }
        let of = key.get_untracked();
        spawn_local(async move {
            let found = api::try_events(desk.session_id()).await;
            if key.try_get_untracked() != Some(of) {
                return;
            }
            match found {
                Ok(found) => {
                    let first = found.events.iter().find_map(|event| event.event.clone());
                    text.set(first.unwrap_or_default());
                    trigger.set(
                        found
                            .triggers
                            .first()
                            .map(|trigger| trigger.step.clone())
                            .unwrap_or_default(),
                    );
                    offer.set(Some(found));
                }
                Err(error) => problem.set(Some(said_text(&error.message))),
            }
        });
    });

    let run = move |at: StepId, event: String| {
        let of = key.get_untracked();
        let workflow = desk
            .state
            .with_untracked(|state| state.shown().cloned().unwrap_or_default());
        problem.set(None);
        spawn_local(async move {
            let tried = api::try_out(desk.session_id(), at, event).await;
            // What came too late is about something else.
            if key.try_get_untracked() != Some(of) {
                return;
            }
            match tried {
                Ok(tried) => {
                    seen.update(|seen| seen.extend(taken(&tried.branches)));
                    desk.overlay.set(Some(Overlay {
                        workflow: None,
                        lit: Some(runs::lit(&workflow, &tried.run)),
                        marks: runs::marks(&tried.run),
                    }));
                    outcome.set(Some((workflow, tried)));
                    request_animation_frame(show_result);
                }
                Err(error) => {
                    desk.overlay.set(None);
                    outcome.set(None);
                    problem.set(Some(said_text(&error.message)));
                }
            }
        });
    };
    let choose = move |index: usize, event: &TryEvent| {
        let Some(json) = event.event.clone() else {
            return;
        };
        chosen.set(Some(index));
        text.set(json.clone());
        trigger.set(event.trigger.clone());
        run(event.trigger.clone(), json);
    };

    let events = move || {
        let found = offer.get()?;
        let head = if found.pending {
            t(k::TRYING_PENDING)
        } else {
            t(k::TRYING_NOTHING_SENT)
        };
        let none = found.triggers.is_empty().then(|| {
            view! { <p class="notice">{t(k::TRYING_NO_TRIGGER)}</p> }
        });
        let rows = found
            .events
            .into_iter()
            .enumerate()
            .map(|(index, event)| match event.why_not.clone() {
                Some(why_not) => view! {
                    <li class="try-none">
                        <span>{said_text(&event.name)}</span>
                        <small>{said_text(&why_not)}</small>
                    </li>
                }
                .into_any(),
                None => {
                    let name = said_text(&event.name);
                    view! {
                        <li>
                            <button
                                type="button"
                                class="example"
                                aria-pressed=move || (chosen.get() == Some(index)).to_string()
                                on:click=move |_| choose(index, &event)
                            >
                                {name}
                            </button>
                        </li>
                    }
                    .into_any()
                }
            })
            .collect_view();
        let triggers = (found.triggers.len() > 1).then(|| {
            let options = found
                .triggers
                .into_iter()
                .map(|one| {
                    let step = one.step.clone();
                    view! {
                        <option
                            value=one.step
                            prop:selected=move || trigger.with(|trigger| *trigger == step)
                        >
                            {said_text(&one.label)}
                        </option>
                    }
                })
                .collect_view();
            view! {
                <label class="try-field">
                    {t(k::TRYING_STARTS_AT)}
                    <select on:change:target=move |event| trigger.set(event.target().value())>
                        {options}
                    </select>
                </label>
            }
        });
        Some(
            view! {
                <p class="notice">{head}</p>
                {none}
                <ul class="examples">{rows}</ul>
                <details class="raw">
                    <summary>{t(k::TRYING_WRITE_YOURSELF)}</summary>
                    <div class="try-own">
                        {triggers}
                        <label class="try-field">
                            {t(k::TRYING_AS_JSON)}
                            <textarea
                                class="code"
                                rows="12"
                                spellcheck="false"
                                prop:value=text
                                on:input:target=move |event| text.set(event.target().value())
                            ></textarea>
                        </label>
                        <button
                            type="button"
                            class="button"
                            on:click=move |_| {
                                chosen.set(None);
                                run(trigger.get_untracked(), text.get_untracked());
                            }
                        >
                            <Glyph icon=Icon::Play />
                            {t(k::TRYING_TRY_THIS)}
                        </button>
                    </div>
                </details>
            }
            .into_any(),
        )
    };
    let waiting = move || {
        (offer.with(Option::is_none) && problem.with(Option::is_none))
            .then(|| view! { <p class="muted" role="status">{t(k::TRYING_LOOKING)}</p> })
    };
    let refused = move || {
        problem
            .get()
            .map(|message| view! { <p class="notice bad" role="alert">{message}</p> })
    };
    let result = move || {
        outcome.with(|outcome| {
            let (workflow, tried) = outcome.as_ref()?;
            let covered = coverage_words(&tried.branches, &seen.get());
            let story = runs::story(
                &tried.run,
                &[],
                workflow,
                &desk.tasks(),
                desk.selected,
                true,
            );
            Some(
                view! {
                    <section class="try-result" id=RESULT aria-label=t(k::TRYING_WHAT_WOULD_HAPPEN)>
                        <h3>{t(k::TRYING_WHAT_WOULD_HAPPEN)}</h3>
                        {covered.map(|words| view! { <p class="muted" role="status">{words}</p> })}
                        {story}
                    </section>
                }
                .into_any(),
            )
        })
    };
    view! {
        {head(t(k::MORE_TRY_IT), desk)}
        <div class="side-body">
            {waiting}
            {events}
            {refused}
            {result}
        </div>
    }
}

/// On a narrow window the list of events fills the side, and the result stands below it.
fn show_result() {
    let narrow = window()
        .inner_width()
        .ok()
        .and_then(|width| width.as_f64())
        .is_some_and(|width| width <= NARROW);
    if narrow && let Some(result) = document().get_element_by_id(RESULT) {
        result.scroll_into_view();
    }
}

fn taken(branches: &[TryBranch]) -> impl Iterator<Item = (StepId, String)> + '_ {
    branches
        .iter()
        .filter(|branch| branch.taken)
        .map(|branch| (branch.step.clone(), branch.port.clone()))
}

/// How much of the workflow the events so far have gone through; `None` where there is one way only.
fn coverage_words(branches: &[TryBranch], seen: &HashSet<(StepId, String)>) -> Option<String> {
    let seen_count = branches
        .iter()
        .filter(|branch| seen.contains(&(branch.step.clone(), branch.port.clone())))
        .count();
    match branches.len() {
        0 => None,
        all if all == seen_count => Some(count(k::TRYING_ALL_SEEN, all)),
        all => Some(tr(
            k::TRYING_SOME_SEEN,
            &[&seen_count.to_string(), &all.to_string()],
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_seen_add_up_over_the_events() {
        let branches = |yes: bool| {
            ["true", "false"].map(|port| TryBranch {
                step: "c".to_string(),
                port: port.to_string(),
                taken: (port == "true") == yes,
            })
        };
        let mut seen = HashSet::new();
        seen.extend(taken(&branches(true)));
        assert_eq!(
            coverage_words(&branches(true), &seen).as_deref(),
            Some("1 of 2 branches seen so far.")
        );
        seen.extend(taken(&branches(false)));
        assert_eq!(
            coverage_words(&branches(false), &seen).as_deref(),
            Some("All 2 branches seen.")
        );
        assert_eq!(coverage_words(&[], &seen), None);
    }
}
