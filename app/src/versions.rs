//! The versions of a workflow: when each was turned on and by whom, what tells two apart, and the way
//! back to one. The builder shows them at the side, and a page of their own shows them to everybody else.

use flow::workflow::StepId;
use leptos::task::spawn_local;

use crate::api::{self, ApiError, Compared, VersionList, VersionSummary};
use crate::builder::{Overlay, compared_overlay};
use crate::language::{self, k, said, said_text, t, tr};
use crate::prelude::*;
use crate::when::When;

/// What a version is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Against {
    Nothing,
    Version(u32),
    /// The draft of the session.
    Draft,
}

impl Against {
    fn value(self) -> String {
        match self {
            Against::Nothing => "nothing".to_string(),
            Against::Version(version) => version.to_string(),
            Against::Draft => "draft".to_string(),
        }
    }

    fn read(value: &str) -> Against {
        match value {
            "draft" => Against::Draft,
            value => value.parse().map_or(Against::Nothing, Against::Version),
        }
    }
}

/// What the list of versions needs from where it stands.
#[derive(Clone, Copy)]
pub struct Place {
    /// What the canvas shows instead.
    pub overlay: RwSignal<Option<Overlay>>,
    pub selected: RwSignal<Option<StepId>>,
    /// The session whose draft can be compared, in the builder.
    pub session: StoredValue<Option<String>>,
    /// Makes a version the draft.
    pub restore: Callback<u32>,
    /// A version to begin with, compared with the draft.
    pub begin: Option<u32>,
}

/// The list, with what is open in it.
pub fn version_list(list: VersionList, place: Place) -> AnyView {
    let begin = place.begin.or_else(|| {
        place
            .session
            .with_value(Option::is_none)
            .then_some(list.current)
    });
    let open = RwSignal::new(begin);
    let against = RwSignal::new(begin.map_or(Against::Nothing, |version| match place.begin {
        Some(_) => Against::Draft,
        None => before(version),
    }));
    let compared = RwSignal::new(None::<Compared>);
    let problem = RwSignal::new(None::<String>);
    let workflow_id = StoredValue::new(list.workflow_id.clone());

    Effect::new(move |_| {
        let (version, against_now) = (open.get(), against.get());
        compared.set(None);
        problem.set(None);
        let Some(version) = version else {
            place.overlay.set(None);
            return;
        };
        spawn_local(async move {
            let found = look(workflow_id, place, version, against_now).await;
            // What came too late is about something else.
            if open.try_get_untracked() != Some(Some(version))
                || against.try_get_untracked() != Some(against_now)
            {
                return;
            }
            match found {
                Ok(found) => {
                    place.selected.set(None);
                    place.overlay.set(Some(compared_overlay(&found)));
                    compared.set(Some(found));
                }
                Err(error) => problem.set(Some(said_text(&error.message))),
            }
        });
    });

    // Before the page is alive a click would be lost, so there is nothing to click yet.
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let current = list.current;
    let active = list.active;
    let all: Vec<u32> = list
        .versions
        .iter()
        .map(|version| version.version)
        .collect();
    let rows = list
        .versions
        .into_iter()
        .map(|summary| {
            let version = summary.version;
            let state = match (version == current, active) {
                (true, true) => Some(("status good", t(k::FRAME_ON))),
                (true, false) => Some(("status", t(k::FRAME_OFF))),
                _ => None,
            };
            let all = all.clone();
            let detail = move || {
                (open.get() == Some(version))
                    .then(|| opened(version, &all, against, compared, problem, place))
            };
            view! {
                <li class="version">
                    <button
                        type="button"
                        class="version-head"
                        disabled=move || !alive.get()
                        aria-expanded=move || (open.get() == Some(version)).to_string()
                        on:click=move |_| {
                            against.set(before(version));
                            open.set(Some(version));
                        }
                    >
                        <span class="row-main">
                            <strong>{language::count(k::VERSIONS_VERSION, version as usize)}</strong>
                            <small>
                                <When ms=summary.at_ms />
                                {through(&summary)}
                            </small>
                        </span>
                        {state.map(|(class, word)| view! { <span class=class>{word}</span> })}
                    </button>
                    {detail}
                </li>
            }
        })
        .collect_view();
    view! { <ol class="versions">{rows}</ol> }.into_any()
}

/// The version before is what a version is compared with at first.
fn before(version: u32) -> Against {
    match version {
        0 | 1 => Against::Nothing,
        version => Against::Version(version - 1),
    }
}

/// Who turned it on and through which model.
fn through(summary: &VersionSummary) -> String {
    let mut words = String::new();
    if let Some(person) = &summary.person {
        words.push_str(&format!(" · {person}"));
    }
    match &summary.model {
        Some(model) => words.push_str(&format!(" {}", tr(k::VERSIONS_DRAWN_BY, &[model]))),
        None if summary.person.is_some() => {
            words.push_str(&format!(" {}", t(k::VERSIONS_WITHOUT_MODEL)))
        }
        None => {}
    }
    words
}

async fn look(
    workflow_id: StoredValue<String>,
    place: Place,
    version: u32,
    against: Against,
) -> Result<Compared, ApiError> {
    let id = workflow_id.try_get_value().unwrap_or_default();
    match against {
        Against::Nothing => {
            let workflow = api::workflow_version(id, version).await?;
            Ok(Compared {
                before: workflow.clone(),
                after: workflow,
                sentences: Vec::new(),
            })
        }
        Against::Version(other) => {
            let (before, after) = (other.min(version), other.max(version));
            api::compare_versions(id, before, after).await
        }
        Against::Draft => {
            let session = place.session.try_get_value().flatten().unwrap_or_default();
            api::compare_with_draft(session, version).await
        }
    }
}

/// What is shown below the version that is open.
fn opened(
    version: u32,
    all: &[u32],
    against: RwSignal<Against>,
    compared: RwSignal<Option<Compared>>,
    problem: RwSignal<Option<String>>,
    place: Place,
) -> AnyView {
    let mut choices = vec![(Against::Nothing, t(k::VERSIONS_NOTHING).to_string())];
    if place.session.with_value(Option::is_some) {
        choices.push((Against::Draft, t(k::VERSIONS_YOUR_DRAFT).to_string()));
    }
    choices.extend(all.iter().filter(|other| **other != version).map(|other| {
        (
            Against::Version(*other),
            language::count(k::VERSIONS_VERSION, *other as usize),
        )
    }));
    let options = choices
        .into_iter()
        .map(|(choice, words)| {
            view! {
                <option value=choice.value() prop:selected=move || against.get() == choice>
                    {words}
                </option>
            }
        })
        .collect_view();
    let differences = move || {
        let compared = compared.get()?;
        let head = match against.get() {
            Against::Nothing => return None,
            Against::Draft => language::count(k::VERSIONS_TO_DRAFT, version as usize),
            Against::Version(other) => tr(
                k::VERSIONS_FROM_TO,
                &[
                    &other.min(version).to_string(),
                    &other.max(version).to_string(),
                ],
            ),
        };
        let sentences = compared
            .sentences
            .into_iter()
            .map(|sentence| {
                let sentence = said(&sentence);
                view! { <li lang=sentence.lang>{sentence.text}</li> }
            })
            .collect::<Vec<_>>();
        Some(if sentences.is_empty() {
            view! { <p class="muted" role="status">{t(k::VERSIONS_SAME)}</p> }.into_any()
        } else {
            view! {
                <div role="status">
                    <p class="eyebrow">{head}</p>
                    <ul class="differences">{sentences}</ul>
                </div>
            }
            .into_any()
        })
    };
    view! {
        <div class="version-body">
            <label class="try-field">
                {t(k::VERSIONS_COMPARE)}
                <select on:change:target=move |event| {
                    against.set(Against::read(&event.target().value()));
                }>{options}</select>
            </label>
            {differences}
            {move || {
                problem
                    .get()
                    .map(|message| view! { <p class="notice bad" role="alert">{message}</p> })
            }}
            <button
                type="button"
                class="button small"
                on:click=move |_| place.restore.run(version)
            >
                {language::count(k::VERSIONS_RESTORE, version as usize)}
            </button>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_read_back_as_it_was_written() {
        for against in [Against::Nothing, Against::Version(3), Against::Draft] {
            assert_eq!(Against::read(&against.value()), against);
        }
        assert_eq!(before(1), Against::Nothing);
        assert_eq!(before(3), Against::Version(2));
    }

    #[test]
    fn a_version_says_who_and_through_which_model() {
        let summary = |person: Option<&str>, model: Option<&str>| {
            through(&VersionSummary {
                version: 1,
                at_ms: 0,
                person: person.map(str::to_string),
                model: model.map(str::to_string),
            })
        };
        assert_eq!(
            summary(Some("Ada"), Some("small-1")),
            " · Ada · drawn by small-1"
        );
        assert_eq!(summary(Some("Ada"), None), " · Ada · without a model");
        assert_eq!(summary(None, None), "");
    }
}
