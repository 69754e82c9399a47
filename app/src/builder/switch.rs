//! Turning a workflow on and off.

use flow::check::has_error;
use flow::session::{State, TurnState};

use crate::prelude::*;

use crate::language::{k, t};

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
        Some(t(k::SWITCH_WAIT))
    } else if state.proposal.is_some() {
        Some(t(k::SWITCH_JUDGE_FIRST))
    } else if has_error(&state.findings) {
        Some(t(k::SWITCH_MEND_FIRST))
    } else {
        Some("")
    };
    Switch {
        on,
        off: active.map(|activation| activation.workflow_id.clone()),
    }
}

/// The buttons in the corner.
#[component]
pub fn StageActions(
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
                                    {t(k::SWITCH_TURN_OFF)}
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
                                    {if both { t(k::SWITCH_TURN_ON_CHANGES) } else { t(k::SWITCH_TURN_ON) }}
                                </button>
                            }
                        })}
                }
            }}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use flow::TaskType;
    use flow::check::{Bucket, Finding, Severity};
    use flow::session::{Activation, Proposal};
    use flow::workflow::{Step, Workflow};

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
                        revision: 1,
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
}
