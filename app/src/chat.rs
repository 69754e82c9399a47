//! The conversation: what was said, answered and done, and the composer below it.

use flow::session::{ChatEntry, Drawing, Outcome, State, TurnState};
use leptos::ev;
use leptos::html::{Div, Form, Textarea};

use crate::change;
use crate::icons::{Glyph, Icon};
use crate::language::{count, in_words, k, kept_words, said, said_text, t, tr};
use crate::prelude::*;

/// What the merchant can do in a conversation; replay has none of it.
#[derive(Clone, Copy)]
pub struct Actions {
    pub say: Callback<String>,
    pub stop: Callback<()>,
    pub retry: Callback<()>,
    /// Turn, thumbs up, and a reason.
    pub feedback: Callback<(u32, bool, Option<String>)>,
}

/// The entries of a conversation, the newest in view.
#[component]
pub fn Chat(
    #[prop(into)] state: Signal<State>,
    #[prop(optional, into)] actions: Option<Actions>,
    /// Shown above the first entry while there is none.
    #[prop(into, default = ViewFn::default())]
    empty: ViewFn,
) -> impl IntoView {
    let list: NodeRef<Div> = NodeRef::new();
    let entries = Memo::new(move |_| state.with(|state| state.chat.clone()));
    let count = Memo::new(move |_| entries.with(Vec::len));
    let running = Memo::new(move |_| state.with(|state| state.turn != TurnState::Idle));
    let drawing = Memo::new(move |_| state.with(|state| state.drawing == Drawing::Provisional));
    Effect::new(move |_| {
        count.track();
        running.track();
        if let Some(list) = list.get() {
            // What was just added has its height only in the next frame.
            request_animation_frame(move || list.set_scroll_top(list.scroll_height()));
        }
    });
    let entry = move |index: usize| {
        let entry = entries.with_untracked(|entries| entries.get(index).cloned())?;
        if matches!(entry, ChatEntry::ByHand { .. }) {
            return Some(by_hand(Memo::new(move |_| {
                entries.with(|entries| match entries.get(index) {
                    Some(ChatEntry::ByHand { changes }) => changes.clone(),
                    _ => Vec::new(),
                })
            })));
        }
        // Notes do not end the merchant's turn to speak.
        let last = Signal::derive(move || {
            !running.get()
                && entries.with(|entries| {
                    entries.iter().skip(index + 1).all(|entry| {
                        matches!(entry, ChatEntry::Note { .. } | ChatEntry::ByHand { .. })
                    })
                })
        });
        Some(view! { <Entry entry last actions /> }.into_any())
    };
    view! {
        <div class="chat" node_ref=list role="log" aria-label=t(k::CHAT_CONVERSATION)>
            {change::shown(move || count.get() == 0, move || empty.run())}
            {change::list(
                move || (0..count.get()).map(|index| vec![index.to_string()]).collect(),
                move |key: change::Key| {
                    let index = key.first().and_then(|index| index.parse().ok());
                    index.and_then(entry).into_any()
                },
            )}
            {change::shown(move || running.get(), move || view! {
                <p class="working" role="status">
                    <span class="dots" aria-hidden="true">
                        <i></i>
                        <i></i>
                        <i></i>
                    </span>
                    {move || {
                        if drawing.get() { t(k::CHAT_DRAWING) } else { t(k::CHAT_THINKING) }
                    }}
                </p>
            }.into_any())}
        </div>
    }
}

/// A tool run in a few words.
pub fn tool_words(tool: &str) -> String {
    match tool {
        "task_search" => t(k::CHAT_TASK_SEARCH),
        "task_configuration" => t(k::CHAT_TASK_CONFIGURATION),
        "environment_paths" => t(k::CHAT_ENVIRONMENT_PATHS),
        "shop_resource_search" => t(k::CHAT_SHOP_RESOURCE_SEARCH),
        "template_search" => t(k::CHAT_TEMPLATE_SEARCH),
        "workflow_lookup" => t(k::CHAT_WORKFLOW_LOOKUP),
        _ => return tr(k::CHAT_USED, &[&tool.replace('_', " ")]),
    }
    .to_string()
}

#[component]
fn Entry(entry: ChatEntry, last: Signal<bool>, actions: Option<Actions>) -> impl IntoView {
    match entry {
        ChatEntry::Merchant { text, .. } => view! {
            <div class="said">
                <span class="unseen">{t(k::CHAT_YOU_SAID)} " "</span>
                <span dir="auto">{text}</span>
            </div>
        }
        .into_any(),
        ChatEntry::Tool { tool, .. } => view! {
            <p class="tool-line">
                <Glyph icon=Icon::Search />
                {tool_words(&tool)}
            </p>
        }
        .into_any(),
        ChatEntry::Answer {
            turn,
            outcome,
            message,
            choices,
        } => {
            let class = match outcome {
                Outcome::Workflow => "answer",
                Outcome::Question => "answer question",
                Outcome::Clarification => "answer clarification",
                Outcome::Refusal => "answer refusal",
            };
            let message = said(&message);
            let choices = choices
                .into_iter()
                .map(|choice| {
                    let said = choice.clone();
                    view! {
                        <button
                            type="button"
                            class="choice"
                            disabled=move || actions.is_none() || !last.get()
                            on:click=move |_| {
                                if let Some(actions) = actions {
                                    actions.say.run(said.clone());
                                }
                            }
                        >
                            <span dir="auto">{choice}</span>
                        </button>
                    }
                })
                .collect_view();
            view! {
                <div class=class>
                    <span class="avatar" aria-hidden="true">
                        <Glyph icon=Icon::Spark />
                    </span>
                    <div class="answer-body">
                        <p lang=message.lang dir="auto">
                            <span class="unseen">{t(k::CHAT_FLOWRIGHT_SAID)} " "</span>
                            {message.text}
                        </p>
                        <div class="choices">{choices}</div>
                        {actions.map(|actions| view! { <Thumbs turn actions /> })}
                    </div>
                </div>
            }
            .into_any()
        }
        ChatEntry::Trouble { message, .. } => view! {
            <div class="trouble" role="alert">
                <Glyph icon=Icon::Warning />
                <div>
                    {in_words("", &message)}
                    {actions
                        .map(|actions| {
                            view! {
                                {change::shown(move || last.get(), move || view! {
                                    <button
                                        type="button"
                                        class="button small"
                                        on:click=move |_| actions.retry.run(())
                                    >
                                        <Glyph icon=Icon::Retry />
                                        {t(k::FRAME_TRY_AGAIN)}
                                    </button>
                                }.into_any())}
                            }
                        })}
                </div>
            </div>
        }
        .into_any(),
        ChatEntry::Note { text } => in_words("chat-note", &text),
        // Drawn by `by_hand`, because it grows.
        ChatEntry::ByHand { .. } => ().into_any(),
    }
}

/// Changes by hand: the newest in a line, those before it folded up.
fn by_hand(changes: Memo<Vec<String>>) -> AnyView {
    let before = Memo::new(move |_| changes.with(|changes| changes.len().saturating_sub(1)));
    view! {
        <div class="chat-note">
            <p>{move || changes.with(|changes| changes.last().map(|text| said_text(text)))}</p>
            <details class="chat-before" hidden=move || before.get() == 0>
                <summary>
                    {move || count(k::CHAT_BEFORE, before.get())}
                </summary>
                <ol>
                    <For
                        each=move || 0..before.get()
                        key=|index| *index
                        children=move |index| {
                            view! {
                                <li>
                                    {move || changes.with(|changes| changes.get(index).map(|text| said_text(text)))}
                                </li>
                            }
                        }
                    />
                </ol>
            </details>
        </div>
    }
    .into_any()
}

/// Thumbs up and down, and one line why not.
#[component]
fn Thumbs(turn: u32, actions: Actions) -> impl IntoView {
    let judged = RwSignal::new(None::<bool>);
    let asking = RwSignal::new(false);
    let reason = RwSignal::new(String::new());
    let give = move |up: bool, reason: Option<String>| {
        judged.set(Some(up));
        asking.set(false);
        actions.feedback.run((turn, up, reason));
    };
    let form: NodeRef<Form> = NodeRef::new();
    Effect::new(move |_| {
        if let Some(form) = form.get() {
            request_animation_frame(move || form.scroll_into_view_with_bool(false));
        }
    });
    let tell = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let text = reason.get_untracked();
        let text = text.trim();
        give(false, (!text.is_empty()).then(|| text.to_string()));
    };
    view! {
        <div class="thumbs">
            <button
                type="button"
                class="thumb"
                aria-label=t(k::CHAT_HELPFUL)
                aria-pressed=move || (judged.get() == Some(true)).to_string()
                on:click=move |_| give(true, None)
            >
                <Glyph icon=Icon::Up />
            </button>
            <button
                type="button"
                class="thumb"
                aria-label=t(k::CHAT_NOT_HELPFUL)
                aria-pressed=move || (judged.get() == Some(false)).to_string()
                on:click=move |_| asking.update(|asking| *asking = !*asking)
            >
                <Glyph icon=Icon::Down />
            </button>
        </div>
        {change::shown(move || asking.get(), move || view! {
            <form class="reason" node_ref=form on:submit=tell>
                <input
                    type="text"
                    aria-label=t(k::CHAT_WHAT_WAS_WRONG)
                    placeholder=t(k::CHAT_WHAT_WAS_WRONG)
                    maxlength="500"
                    on:input:target=move |event| reason.set(event.target().value())
                />
                <button type="submit" class="button small">
                    {t(k::CHAT_TELL_US)}
                </button>
            </form>
        }.into_any())}
    }
}

/// The box to write in. It keeps what is in it until it was taken.
#[component]
pub fn Composer(
    actions: Actions,
    #[prop(into)] running: Signal<bool>,
    /// True while what was written is on its way.
    #[prop(into)]
    sending: Signal<bool>,
    /// Set when what was written arrived, to empty the box.
    #[prop(into)]
    taken: Signal<u32>,
    /// Text to put into the box.
    #[prop(into, default = Signal::stored(None))]
    suggestion: Signal<Option<String>>,
) -> impl IntoView {
    let text: NodeRef<Textarea> = NodeRef::new();
    // Before the page is alive a click would be lost, so there is nothing to click yet.
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let grow = move || {
        if let Some(text) = text.get_untracked() {
            let style = web_sys::HtmlElement::style(&text);
            // A box that does not grow scrolls instead.
            let _ = style.set_property("height", "auto");
            let _ = style.set_property("height", &format!("{}px", text.scroll_height().min(200)));
        }
    };
    Effect::new(move |before: Option<u32>| {
        let now = taken.get();
        if before.is_some_and(|before| before != now)
            && let Some(text) = text.get_untracked()
        {
            text.set_value("");
            grow();
        }
        now
    });
    Effect::new(move |_| {
        if let Some(suggestion) = suggestion.get()
            && let Some(text) = text.get_untracked()
        {
            text.set_value(&suggestion);
            grow();
            // Focus is a convenience.
            let _ = text.focus();
        }
    });
    Effect::new(move |_| {
        if let Some(text) = text.get()
            && let Some(words) = kept_words()
        {
            text.set_value(&words);
            grow();
        }
    });
    let submit = move || {
        if running.get_untracked() || sending.get_untracked() {
            return;
        }
        if let Some(text) = text.get_untracked() {
            let said = text.value();
            if !said.trim().is_empty() {
                actions.say.run(said.trim().to_string());
            }
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            submit();
        }
    };
    view! {
        <form
            class="composer"
            on:submit=move |event: ev::SubmitEvent| {
                event.prevent_default();
                submit();
            }
        >
            <label class="unseen" for="composer">
                {t(k::CHAT_COMPOSER_LABEL)}
            </label>
            <textarea
                id="composer"
                rows="2"
                placeholder=t(k::CHAT_COMPOSER_HINT)
                node_ref=text
                on:input=move |_| grow()
                on:keydown=on_key
            ></textarea>
            <div class="composer-foot">
                <span class="hint">{t(k::CHAT_ENTER)}</span>
                {change::shown_or(
                    move || running.get(),
                    move || view! {
                    <button
                        type="button"
                        class="send stop"
                        aria-label=t(k::CHAT_STOP)
                        on:click=move |_| actions.stop.run(())
                    >
                        <Glyph icon=Icon::Stop />
                    </button>
                    }.into_any(),
                    move || view! {
                            <button
                                type="submit"
                                class="send"
                                aria-label=t(k::CHAT_SEND)
                                disabled=move || !alive.get() || sending.get()
                            >
                                <Glyph icon=Icon::Send />
                            </button>
                    }.into_any(),
                )}
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::tool_words;

    #[test]
    fn tools_are_told_in_plain_words() {
        for (tool, words) in [
            ("task_search", "Searched the tasks of your store"),
            ("something_new", "Used something new"),
        ] {
            assert_eq!(tool_words(tool), words);
        }
    }
}
