//! The builder: the conversation on the left, the workflow it draws on the right.

use std::collections::HashMap;
use std::future::Future;

use flow::check::{Finding, Severity, has_error};
use flow::session::{Drawing, Recorded, State, TurnState};
use flow::workflow::{StepId, Workflow};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_navigate;

use super::{Loading, kept_tasks, load_tasks, use_id};
use crate::api::{self, ApiError, Role};
use crate::canvas::{Canvas, FindingList, Mark, StepPanel, Tone};
use crate::chat::{Actions, Chat, Composer};
use crate::icons::{Glyph, Icon};
use crate::live::{self, Connection};
use crate::root::{Me, go};
use crate::tasks::Tasks;
use crate::trouble::{Trouble, sign_in_path};

/// Requests to begin with.
const EXAMPLES: [&str; 3] = [
    "When an order over $500 comes in, tag it VIP and email ops@example.com",
    "Tag customers as loyal once they have placed five orders",
    "Every Monday at 8, email me the products that are out of stock",
];

/// The builder before the first word; owners only, others go where their work is.
#[component]
pub fn StartPage() -> impl IntoView {
    let me = expect_context::<Me>();
    let kept = kept_tasks();
    let tasks = Resource::new(|| (), move |()| load_tasks(kept));
    view! {
        <Title text="Builder" />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                if let Ok(Some(user)) = me.await {
                    match user.role {
                        Role::Owner => {}
                        Role::Support => return view! { <Redirect path="/support" /> }.into_any(),
                        Role::Ml => return view! { <Redirect path="/models" /> }.into_any(),
                    }
                }
                match tasks.await {
                    Ok(tasks) => {
                        view! { <Workspace session=None events=Vec::new() tasks=Tasks::new(tasks) /> }
                            .into_any()
                    }
                    Err(error) => view! { <Trouble error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The builder on a session.
#[component]
pub fn BuilderPage() -> impl IntoView {
    let id = use_id();
    let kept = kept_tasks();
    let loaded = Resource::new(
        move || id.get(),
        move |id| async move {
            let events = api::session_events(id.clone(), 0).await?;
            Ok::<_, ApiError>((id, events, load_tasks(kept).await?))
        },
    );
    view! {
        <Title text="Builder" />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match loaded.await {
                    Ok((id, events, tasks)) => {
                        view! { <Workspace session=Some(id) events tasks=Tasks::new(tasks) /> }
                            .into_any()
                    }
                    Err(error) => view! { <Trouble error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// Waits for an answer and shows its refusal.
fn attempt<T: 'static>(
    notice: RwSignal<Option<String>>,
    answer: impl Future<Output = Result<T, ApiError>> + 'static,
) {
    spawn_local(async move {
        if let Err(error) = answer.await {
            refused(notice, &error);
        }
    });
}

fn refused(notice: RwSignal<Option<String>>, error: &ApiError) {
    if error.is_signed_out() {
        let path = window().location().pathname().unwrap_or_default();
        go(&sign_in_path(&path));
    } else {
        notice.try_set(Some(error.message.clone()));
    }
}

#[component]
fn Workspace(session: Option<String>, events: Vec<Recorded>, tasks: Tasks) -> impl IntoView {
    let state = RwSignal::new(State::fold(&events));
    let connection = RwSignal::new(Connection::default());
    if let Some(session) = session.clone() {
        Effect::new(move |_| live::follow(session.clone(), state, connection));
    }
    let notice = RwSignal::new(None::<String>);
    let sending = RwSignal::new(false);
    let taken = RwSignal::new(0u32);
    let suggestion = RwSignal::new(None::<String>);
    let selected = RwSignal::new(None::<StepId>);
    let session = StoredValue::new(session);
    let navigate = StoredValue::new(use_navigate());
    let with_session = move || session.get_value().unwrap_or_default();

    let say = Callback::new(move |text: String| {
        sending.set(true);
        notice.set(None);
        spawn_local(async move {
            let (id, new) = match session.get_value() {
                Some(id) => (Ok(id), false),
                None => (api::start_session(None).await, true),
            };
            let said = match id {
                Ok(id) => api::say(id.clone(), text).await.map(|_| id),
                Err(error) => Err(error),
            };
            sending.try_set(false);
            match said {
                Ok(id) => {
                    taken.try_update(|taken| *taken += 1);
                    if new {
                        let options = NavigateOptions {
                            replace: true,
                            scroll: false,
                            ..NavigateOptions::default()
                        };
                        navigate.try_with_value(|navigate| {
                            navigate(&format!("/sessions/{id}"), options);
                        });
                    }
                }
                Err(error) => refused(notice, &error),
            }
        });
    });
    let actions = Actions {
        say,
        stop: Callback::new(move |()| attempt(notice, api::stop(with_session()))),
        retry: Callback::new(move |()| attempt(notice, api::retry(with_session()))),
        feedback: Callback::new(move |(turn, up, reason)| {
            attempt(notice, api::feedback(with_session(), turn, up, reason));
        }),
    };
    let judge = Callback::new(move |(turn, accepted)| {
        attempt(notice, api::judge(with_session(), turn, accepted));
    });
    let activate = Callback::new(move |()| attempt(notice, api::activate(with_session())));
    let deactivate = Callback::new(move |workflow: String| {
        attempt(notice, api::deactivate(workflow));
    });

    let running = Memo::new(move |_| state.with(|state| state.turn != TurnState::Idle));
    let lost = move || connection.get() == Connection::Lost;
    view! {
        <main class="workspace">
            <section class="talk" aria-label="Chat">
                <Chat
                    state
                    actions
                    empty=move || view! { <Welcome suggestion /> }
                />
                <div class="talk-foot">
                    <Show when=lost>
                        <p class="notice warning" role="status">
                            "The connection was lost. It is being tried again; nothing you had is lost."
                        </p>
                    </Show>
                    {move || {
                        notice
                            .get()
                            .map(|message| {
                                view! {
                                    <p class="notice bad" role="alert">
                                        {message}
                                    </p>
                                }
                            })
                    }}
                    <Composer actions running sending taken suggestion />
                </div>
            </section>
            <Stage state tasks selected>
                <StageActions state activate deactivate />
                <ProposalBar state judge />
            </Stage>
        </main>
    }
}

#[component]
fn Welcome(suggestion: RwSignal<Option<String>>) -> impl IntoView {
    view! {
        <div class="welcome">
            <h1>"What should happen in your store?"</h1>
            <p class="muted">
                "Say it in your own words. The workflow is drawn as it is written, and nothing runs until you turn it on."
            </p>
            <p class="eyebrow">"Try one of these"</p>
            <ul class="examples">
                {EXAMPLES
                    .into_iter()
                    .map(|example| {
                        view! {
                            <li>
                                <button
                                    type="button"
                                    class="example"
                                    on:click=move |_| suggestion.set(Some(example.to_string()))
                                >
                                    {example}
                                </button>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </div>
    }
}

/// The right side: name and status, canvas, findings, step panel. Builder and replay share it.
#[component]
pub fn Stage(
    #[prop(into)] state: Signal<State>,
    tasks: Tasks,
    selected: RwSignal<Option<StepId>>,
    /// Buttons, of the builder.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let workflow = Memo::new(move |_| state.with(|state| state.shown().cloned()));
    let findings = Memo::new(move |_| state.with(|state| state.shown_findings().to_vec()));
    let drawing = Memo::new(move |_| state.with(|state| state.drawing == Drawing::Provisional));
    let marks = Memo::new(move |_| state.with(marks));
    let name = Memo::new(move |_| {
        state.with(|state| {
            state
                .shown()
                .map(|workflow| workflow.name.clone())
                .filter(|name| !name.is_empty())
                .or_else(|| state.draft.as_ref().map(|draft| draft.name.clone()))
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| "New workflow".to_string())
        })
    });
    let status = Memo::new(move |_| state.with(status));
    let on_step = Callback::new(move |id: StepId| selected.set(Some(id)));
    let canvas_tasks = tasks.clone();
    view! {
        <section class="stage" aria-label="Workflow">
            <header class="stage-bar">
                <div class="stage-name">
                    <h2>{name}</h2>
                    <p class=move || format!("status {}", status.get().0.class())>
                        {move || status.get().1}
                    </p>
                </div>
                {children.map(|children| children())}
            </header>
            <div class="stage-body">
                <Canvas
                    workflow
                    tasks=canvas_tasks
                    selected
                    drawing
                    marks
                    empty=|| {
                        view! {
                            <div class="ghost" aria-hidden="true">
                                <i></i>
                                <i></i>
                                <i></i>
                            </div>
                            <p class="muted">"Your workflow appears here."</p>
                        }
                    }
                />
                <StepPanel workflow tasks selected findings />
                {move || {
                    let findings = findings.get();
                    (!findings.is_empty())
                        .then(|| view! { <Findings findings on_step /> })
                }}
            </div>
        </section>
    }
}

#[component]
fn Findings(findings: Vec<Finding>, on_step: Callback<StepId>) -> impl IntoView {
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .count();
    let head = match (errors, findings.len()) {
        (0, 1) => "1 remark".to_string(),
        (0, count) => format!("{count} remarks"),
        (1, _) => "1 thing to mend before this can be turned on".to_string(),
        (count, _) => format!("{count} things to mend before this can be turned on"),
    };
    let (class, icon) = if errors > 0 {
        ("check bad", Icon::Warning)
    } else {
        ("check", Icon::Information)
    };
    view! {
        <details class=class open={errors != 0}>
            <summary>
                <Glyph icon />
                {head}
            </summary>
            <FindingList findings on_step=Some(on_step) />
        </details>
    }
}

/// Where the workflow stands, in a few words.
fn status(state: &State) -> (Tone, String) {
    if state.drawing == Drawing::Provisional {
        return (Tone::New, "Being drawn".to_string());
    }
    if state.proposal.is_some() {
        return (Tone::New, "Changes wait for your verdict".to_string());
    }
    match &state.activation {
        Some(activation) if !activation.active => (Tone::Quiet, "Off".to_string()),
        Some(activation) if state.unpublished => (
            Tone::Warning,
            format!("On in version {}; changed since", activation.version),
        ),
        Some(activation) => (Tone::Good, format!("On · version {}", activation.version)),
        None if state.draft.is_some() => (Tone::Quiet, "Draft · not on yet".to_string()),
        None => (Tone::Quiet, "Nothing drawn yet".to_string()),
    }
}

/// Words on cards: what a proposal changes, and what a check found.
fn marks(state: &State) -> HashMap<StepId, Mark> {
    let mut marks = HashMap::new();
    if let (Some(proposal), Some(draft)) = (&state.proposal, &state.draft)
        && state.drawing != Drawing::Provisional
    {
        marks.extend(changes(draft, &proposal.workflow));
    }
    for finding in state.shown_findings() {
        if let Some(step) = &finding.step {
            let (tone, text) = match finding.severity {
                Severity::Error => (Tone::Bad, "Needs a look"),
                Severity::Warning => (Tone::Warning, "Check this"),
                Severity::Information => continue,
            };
            let mark = Mark {
                tone,
                text: text.to_string(),
            };
            if finding.severity == Severity::Error || !marks.contains_key(step) {
                marks.insert(step.clone(), mark);
            }
        }
    }
    marks
}

fn changes<'a>(
    before: &'a Workflow,
    after: &'a Workflow,
) -> impl Iterator<Item = (StepId, Mark)> + 'a {
    after.steps.iter().filter_map(|step| {
        let text = match before.step(&step.id) {
            None => "New",
            Some(old) if old.config != step.config || old.task_id != step.task_id => "Changed",
            Some(_) => return None,
        };
        let mark = Mark {
            tone: Tone::New,
            text: text.to_string(),
        };
        Some((step.id.clone(), mark))
    })
}

/// What the button in the corner can do now.
#[derive(Clone, Debug, PartialEq)]
struct Switch {
    /// `None` hides the button to turn on; else why it cannot be pressed, empty when it can.
    on: Option<&'static str>,
    /// The workflow to turn off.
    off: Option<String>,
}

fn switch(state: &State) -> Switch {
    let active = state
        .activation
        .as_ref()
        .filter(|activation| activation.active);
    let on = if state.draft.is_none() || (active.is_some() && !state.unpublished) {
        None
    } else if state.turn != TurnState::Idle {
        Some("Wait until the turn is finished.")
    } else if state.proposal.is_some() {
        Some("Accept or discard the changes first.")
    } else if has_error(&state.findings) {
        Some("Mend what the check found first.")
    } else {
        Some("")
    };
    Switch {
        on,
        off: active.map(|activation| activation.workflow_id.clone()),
    }
}

#[component]
fn StageActions(
    state: RwSignal<State>,
    activate: Callback<()>,
    deactivate: Callback<String>,
) -> impl IntoView {
    let switch = Memo::new(move |_| state.with(switch));
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    view! {
        <div class="stage-actions">
            {move || {
                let Switch { on, off } = switch.get();
                let both = on.is_some() && off.is_some();
                view! {
                    {off
                        .map(|id| {
                            view! {
                                <button
                                    type="button"
                                    class="button"
                                    disabled=move || !alive.get()
                                    on:click=move |_| deactivate.run(id.clone())
                                >
                                    "Turn off"
                                </button>
                            }
                        })}
                    {on
                        .map(|why_not| {
                            view! {
                                <button
                                    type="button"
                                    class="button primary"
                                    disabled=move || !alive.get() || !why_not.is_empty()
                                    title=why_not
                                    on:click=move |_| activate.run(())
                                >
                                    {if both { "Turn on changes" } else { "Turn on" }}
                                </button>
                            }
                        })}
                }
            }}
        </div>
    }
}

#[component]
fn ProposalBar(state: RwSignal<State>, judge: Callback<(u32, bool)>) -> impl IntoView {
    let turn = Memo::new(move |_| {
        state.with(|state| {
            state
                .proposal
                .as_ref()
                .filter(|_| state.drawing != Drawing::Provisional)
                .map(|proposal| proposal.turn)
        })
    });
    move || {
        turn.get().map(|turn| {
            view! {
                <div class="proposal" role="region" aria-label="Pending changes">
                    <p>"These changes are not in force yet."</p>
                    <button type="button" class="button" on:click=move |_| judge.run((turn, false))>
                        "Discard"
                    </button>
                    <button
                        type="button"
                        class="button primary"
                        on:click=move |_| judge.run((turn, true))
                    >
                        "Accept"
                    </button>
                </div>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use flow::TaskType;
    use flow::check::Bucket;
    use flow::session::{Activation, Proposal};
    use flow::workflow::Step;

    use super::*;

    fn workflow(ids: &[&str]) -> Workflow {
        Workflow {
            steps: ids
                .iter()
                .map(|id| Step::new(*id, "x::y", "0.1", TaskType::Action))
                .collect(),
            ..Workflow::default()
        }
    }

    #[test]
    fn a_draft_can_be_turned_on_unless_something_is_in_the_way() {
        let draft = State {
            draft: Some(workflow(&["a"])),
            ..State::default()
        };
        let error = Finding::new(Severity::Error, Bucket::Task, "X", "Bad.");
        let activation = |active| {
            Some(Activation {
                workflow_id: "w".to_string(),
                version: 1,
                active,
            })
        };
        let off = Some("w".to_string());
        for (state, on, off) in [
            (State::default(), None, None),
            (draft.clone(), Some(true), None),
            (
                State {
                    turn: TurnState::Running { turn: 1 },
                    ..draft.clone()
                },
                Some(false),
                None,
            ),
            (
                State {
                    findings: vec![error],
                    ..draft.clone()
                },
                Some(false),
                None,
            ),
            (
                State {
                    proposal: Some(Proposal {
                        turn: 2,
                        workflow: workflow(&[]),
                        findings: Vec::new(),
                    }),
                    ..draft.clone()
                },
                Some(false),
                None,
            ),
            (
                State {
                    activation: activation(true),
                    ..draft.clone()
                },
                None,
                off.clone(),
            ),
            (
                State {
                    activation: activation(true),
                    unpublished: true,
                    ..draft.clone()
                },
                Some(true),
                off,
            ),
            (
                State {
                    activation: activation(false),
                    ..draft.clone()
                },
                Some(true),
                None,
            ),
        ] {
            let found = switch(&state);
            assert_eq!(found.on.map(str::is_empty), on, "{state:?}");
            assert_eq!(found.off, off);
        }
    }

    #[test]
    fn a_proposal_marks_new_and_changed_steps() {
        let before = workflow(&["a", "b"]);
        let mut after = workflow(&["a", "b", "c"]);
        after.steps[1].set_config("tags", "[]");
        let marks: HashMap<_, _> = changes(&before, &after).collect();
        assert_eq!(marks.len(), 2);
        assert_eq!(marks["b"].text, "Changed");
        assert_eq!(marks["c"].text, "New");
    }
}
