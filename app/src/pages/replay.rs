//! Replay: a session as it was, event by event, drawn by the builder's own components.

use std::time::Duration;

use flow::session::{Event, Recorded, State};
use flow::workflow::StepId;
use leptos::html::Ol;
use wasm_bindgen::JsCast;

use super::{Loading, kept_tasks, load_tasks, use_id};
use crate::api::{self, ApiError};
use crate::asked::asked;
use crate::builder::Stage;
use crate::chat::{Chat, tool_words};
use crate::icons::{Glyph, Icon};
use crate::language::{self, k, said_text, t, tr};
use crate::prelude::*;
use crate::tasks::Tasks;
use crate::title::Title;
use crate::trouble::Trouble;
use crate::when::{When, length};
use crate::words::shorten;

/// Pauses of the merchant longer than this are cut short.
const LONGEST_PAUSE_MS: i64 = 1500;
/// Events nearer to each other than this would not be seen one after the other.
const SHORTEST_PAUSE_MS: i64 = 60;

/// Replays a session.
#[component]
pub fn ReplayPage() -> impl IntoView {
    let id = use_id();
    let kept = kept_tasks();
    let loaded = asked(
        move || id.get(),
        move |id| async move {
            let events = api::session_events(id, 0).await?;
            Ok::<_, ApiError>((events, load_tasks(kept).await?))
        },
    );
    view! {
        <Title text=t(k::FRAME_TITLE_REPLAY) />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match loaded.await {
                    Ok((events, tasks)) => {
                        view! { <Replay events tasks=Tasks::new(tasks) /> }.into_any()
                    }
                    Err(error) => view! { <Trouble error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// How long to wait before the next event, in milliseconds.
fn pause(before: i64, next: i64, speed: f64) -> u64 {
    let real = (next - before).clamp(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS);
    (real as f64 / speed) as u64
}

#[component]
fn Replay(events: Vec<Recorded>, tasks: Tasks) -> impl IntoView {
    let count = events.len();
    let started = events.first().map_or(0, |event| event.at_ms);
    let rows: Vec<(usize, String, i64)> = events
        .iter()
        .enumerate()
        .map(|(index, recorded)| {
            let words = event_words(&recorded.event, &tasks);
            (index + 1, words, recorded.at_ms - started)
        })
        .collect();
    let events = StoredValue::new(events);
    // How many events have happened; a session is opened at its end.
    let position = RwSignal::new(count);
    let playing = RwSignal::new(false);
    let speed = RwSignal::new(1.0f64);
    let selected = RwSignal::new(None::<StepId>);
    let state = Memo::new(move |_| {
        let position = position.get();
        events.with_value(|events| State::fold(events.iter().take(position)))
    });
    let state: Signal<State> = state.into();

    Effect::new(move |_| {
        if !playing.get() {
            return;
        }
        let at = position.get();
        if at >= count {
            playing.set(false);
            return;
        }
        let time = |index: usize| {
            events.with_value(|events| events.get(index).map_or(0, |event| event.at_ms))
        };
        let wait = if at == 0 {
            SHORTEST_PAUSE_MS as u64
        } else {
            pause(time(at - 1), time(at), speed.get())
        };
        let timer = set_timeout_with_handle(
            move || {
                position.try_set(at + 1);
            },
            Duration::from_millis(wait),
        );
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
    });
    let toggle = move |_| {
        if playing.get_untracked() {
            playing.set(false);
        } else {
            if position.get_untracked() >= count {
                position.set(0);
            }
            playing.set(true);
        }
    };
    let scrub = move |to: usize| {
        playing.set(false);
        position.set(to.min(count));
    };
    let clock = {
        let times: Vec<i64> = rows.iter().map(|(_, _, after)| *after).collect();
        move || {
            let at = position.get();
            let after = at
                .checked_sub(1)
                .and_then(|index| times.get(index))
                .copied();
            tr(
                k::REPLAY_CLOCK,
                &[
                    &at.to_string(),
                    &count.to_string(),
                    &length(after.unwrap_or(0)),
                ],
            )
        }
    };
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    // The event that just happened stays in view.
    let events_list: NodeRef<Ol> = NodeRef::new();
    Effect::new(move |_| {
        let at = position.get().max(1);
        let Some(list) = events_list.get() else {
            return;
        };
        let row = list
            .query_selector(&format!("li:nth-child({at})"))
            .ok()
            .flatten()
            .and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(row) = row {
            list.set_scroll_top(row.offset_top() - list.client_height() / 2);
        }
    });

    let list = rows
        .into_iter()
        .map(|(number, words, after)| {
            view! {
                <li>
                    <button
                        type="button"
                        class="event"
                        class:past={move || position.get() >= number}
                        aria-current={move || (position.get() == number).then_some("step")}
                        on:click=move |_| scrub(number)
                    >
                        <span class="event-time">{length(after)}</span>
                        <span>{words}</span>
                    </button>
                </li>
            }
        })
        .collect_view();
    view! {
        <main class="workspace replay">
            <h1 class="unseen">{t(k::FRAME_TITLE_REPLAY)}</h1>
            <section class="talk" aria-label=t(k::FRAME_CHAT)>
                <Chat
                    state
                    empty=|| view! { <p class="muted blank-chat">{t(k::REPLAY_NOTHING)}</p> }
                />
            </section>
            <Stage state tasks selected />
            <section class="log" aria-label=t(k::REPLAY_EVENTS)>
                <header>
                    <h2>{t(k::REPLAY_EVENTS)}</h2>
                    <p class="muted">
                        {t(k::REPLAY_STARTED)} " " <When ms=started />
                    </p>
                </header>
                <ol node_ref=events_list>{list}</ol>
            </section>
            <div class="transport" role="group" aria-label=t(k::FRAME_TITLE_REPLAY)>
                <button
                    type="button"
                    class="send"
                    disabled=move || !alive.get()
                    aria-label=move || if playing.get() { t(k::REPLAY_PAUSE) } else { t(k::REPLAY_PLAY) }
                    on:click=toggle
                >
                    {move || {
                        let icon = if playing.get() { Icon::Pause } else { Icon::Play };
                        view! { <Glyph icon /> }
                    }}
                </button>
                <input
                    type="range"
                    min="0"
                    max=count
                    step="1"
                    disabled=move || !alive.get()
                    aria-label=t(k::REPLAY_POSITION)
                    prop:value=move || position.get().to_string()
                    on:input:target=move |event| {
                        scrub(event.target().value().parse().unwrap_or_default());
                    }
                />
                <span class="clock">{clock}</span>
                <label>
                    <span class="unseen">{t(k::REPLAY_SPEED)}</span>
                    <select
                        disabled=move || !alive.get()
                        on:change:target=move |event| {
                            speed.set(event.target().value().parse().unwrap_or(1.0));
                        }
                    >
                        <option value="0.5">"½×"</option>
                        <option value="1" selected>
                            "1×"
                        </option>
                        <option value="2">"2×"</option>
                        <option value="4">"4×"</option>
                    </select>
                </label>
            </div>
        </main>
    }
}

/// One event in a few words, for the list.
fn event_words(event: &Event, tasks: &Tasks) -> String {
    match event {
        Event::SessionStarted { store, .. } => tr(k::REPLAY_SESSION_STARTED, &[store]),
        Event::MerchantSaid { text, .. } => tr(k::REPLAY_MERCHANT, &[&shorten(text, 36)]),
        Event::TurnStarted { model, .. } => tr(k::REPLAY_TURN_STARTED, &[model]),
        Event::ToolCalled { tool, .. } => tool_words(tool),
        Event::StepDrawn { step, .. } => tr(k::CANVAS_DREW, &[&tasks.title(step)]),
        Event::Sampled {
            completion_tokens, ..
        } => language::count(k::REPLAY_WROTE, *completion_tokens as usize),
        Event::RepairRequested { findings, .. } => {
            language::count(k::REPLAY_REPAIR, findings.len())
        }
        Event::DraftCompleted { workflow, .. } => {
            language::count(k::REPLAY_COMPLETE, workflow.steps.len())
        }
        Event::Answered {
            outcome, message, ..
        } => tr(
            k::REPLAY_ANSWER,
            &[outcome.as_str(), &shorten(&said_text(message), 36)],
        ),
        Event::TurnFinished { timings, .. } => {
            tr(k::REPLAY_FINISHED, &[&length(timings.milliseconds as i64)])
        }
        Event::TurnFailed { .. } => t(k::REPLAY_TURN_FAILED).to_string(),
        Event::TurnInterrupted { .. } => t(k::REPLAY_TURN_INTERRUPTED).to_string(),
        Event::ProposalJudged { accepted, .. } => if *accepted {
            t(k::REPLAY_ACCEPTED_ALL)
        } else {
            t(k::REPLAY_DISCARDED_ALL)
        }
        .to_string(),
        Event::ChangesJudged {
            accepted, changes, ..
        } => {
            let key = if *accepted {
                k::REPLAY_ACCEPTED
            } else {
                k::REPLAY_DISCARDED
            };
            language::count(key, changes.len())
        }
        Event::EditedByHand { summary, .. } => said_text(summary),
        Event::Undone { summary } => tr(k::REPLAY_UNDONE, &[&said_text(summary)]),
        Event::Redone { summary } => tr(k::REPLAY_REDONE, &[&said_text(summary)]),
        Event::Activated { version, .. } => language::count(k::REPLAY_TURNED_ON, *version as usize),
        Event::Deactivated { .. } => t(k::REPLAY_TURNED_OFF).to_string(),
        Event::FeedbackGiven { up, reason, .. } => {
            let words = if *up {
                t(k::REPLAY_THUMBS_UP)
            } else {
                t(k::REPLAY_THUMBS_DOWN)
            };
            match reason {
                Some(reason) => tr(k::REPLAY_BECAUSE, &[words, &shorten(reason, 36)]),
                None => words.to_string(),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_neither_too_long_nor_too_short() {
        for (before, next, speed, wait) in [
            (0, 600_000, 1.0, 1500),
            (0, 0, 1.0, 60),
            (0, 400, 2.0, 200),
            (400, 0, 1.0, 60),
        ] {
            assert_eq!(pause(before, next, speed), wait);
        }
    }

    #[test]
    fn long_requests_are_shortened_in_the_list() {
        let event = Event::MerchantSaid {
            turn: 1,
            text: "When an order over $500 comes in, tag it VIP and email ops".to_string(),
        };
        assert_eq!(
            event_words(&event, &Tasks::default()),
            "Merchant: When an order over $500 comes in, ta…"
        );
    }
}
