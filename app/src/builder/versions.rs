//! Versions in the builder: the list at the side, and turning on with a look at what was turned on
//! elsewhere in the meantime.

use leptos::task::spawn_local;

use super::desk::Desk;
use super::side::{self, Side, head};
use crate::api::{self, ApiError, ErrorCode, Overtaken, VersionList};
use crate::language::{self, k, said_text, t, tr};
use crate::prelude::*;
use crate::versions::{Place, version_list};

/// Turns the draft on. When somebody turned the workflow on elsewhere since the session began, nothing
/// is turned on, and the two are shown side by side.
pub fn turn_on(desk: Desk) {
    desk.attempt(async move {
        let refused = match api::activate(desk.session_id()).await {
            Err(error) if error.code == ErrorCode::Conflict => error,
            other => return other,
        };
        match api::check_overtaken(desk.session_id()).await? {
            Some(overtaken) => {
                desk.overtaken.set(Some(overtaken));
                side::open(desk, Side::Versions);
                Ok(())
            }
            None => Err(refused),
        }
    });
}

/// The versions of the session's workflow.
#[component]
pub fn SessionVersions() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let list = RwSignal::new(None::<Option<VersionList>>);
    let problem = RwSignal::new(None::<String>);
    // Turning on makes a version more.
    let activation = Memo::new(move |_| desk.state.with(|state| state.activation.clone()));
    Effect::new(move |_| {
        activation.track();
        spawn_local(async move {
            match load(desk).await {
                Ok(found) => {
                    list.try_set(Some(found));
                }
                Err(error) => {
                    problem.try_set(Some(said_text(&error.message)));
                }
            }
        });
    });
    let restore = Callback::new(move |version: u32| {
        let revision = desk.state.with_untracked(|state| state.revision);
        desk.attempt(async move {
            api::restore_version(desk.session_id(), version, revision).await?;
            side::close(desk);
            Ok(())
        });
    });
    let shown = move || match list.get()? {
        Some(list) => {
            let place = Place {
                overlay: desk.overlay,
                selected: desk.selected,
                session: StoredValue::new(desk.session()),
                restore,
                begin: desk
                    .overtaken
                    .with_untracked(|overtaken| overtaken.as_ref().map(|over| over.now.version)),
            };
            Some(version_list(list, place))
        }
        None => Some(
            view! {
                <p class="muted">
                    {t(k::VERSIONS_NONE_YET)}
                </p>
            }
            .into_any(),
        ),
    };
    view! {
        {head(t(k::FRAME_VERSIONS), desk)}
        <div class="side-body">
            {move || desk.overtaken.get().map(|overtaken| meanwhile(desk, overtaken))}
            {move || {
                problem
                    .get()
                    .map(|message| view! { <p class="notice bad" role="alert">{message}</p> })
            }}
            {shown}
        </div>
    }
}

async fn load(desk: Desk) -> Result<Option<VersionList>, ApiError> {
    match api::session_workflow(desk.session_id()).await? {
        Some(id) => Ok(Some(api::list_versions(id).await?)),
        None => Ok(None),
    }
}

/// What was turned on elsewhere, and the two ways on.
fn meanwhile(desk: Desk, overtaken: Overtaken) -> AnyView {
    let seen = overtaken.now.version;
    let (version, since) = (seen.to_string(), overtaken.since.to_string());
    let words = match &overtaken.now.person {
        Some(person) => tr(k::VERSIONS_MEANWHILE_BY, &[&version, person, &since]),
        None => tr(k::VERSIONS_MEANWHILE, &[&version, &since]),
    };
    view! {
        <div class="notice warning" role="alert">
            <p>
                {words}
            </p>
            <p class="side-actions">
                <button
                    type="button"
                    class="button small"
                    on:click=move |_| {
                        desk.attempt(async move {
                            api::activate_after(desk.session_id(), seen).await?;
                            desk.overtaken.set(None);
                            Ok(())
                        });
                    }
                >
                    {language::count(k::VERSIONS_TURN_ON_MINE, seen as usize + 1)}
                </button>
            </p>
        </div>
    }
    .into_any()
}
