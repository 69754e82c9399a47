//! The gallery of templates: search, look at one on the canvas, start from it.

use std::collections::HashMap;

use flow::workflow::StepId;
use leptos::task::spawn_local;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::Loading;
use crate::api::{self, Template, TemplateSummary};
use crate::asked::asked;
use crate::canvas::Canvas;
use crate::language::{self, k, said_text, sentence, t, tr};
use crate::panel::StepPanel;
use crate::prelude::*;
use crate::tasks::Tasks;
use crate::title::Title;
use crate::trouble::Trouble;

/// All templates.
#[component]
pub fn TemplatesPage() -> impl IntoView {
    let templates = asked(|| (), |()| api::list_templates());
    view! {
        <Title text=t(k::FRAME_TEMPLATES) />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match templates.await {
                    Ok(list) => view! { <Gallery list /> }.into_any(),
                    Err(error) => view! { <Trouble error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// True when every word that is searched for stands somewhere in the template.
fn found(template: &TemplateSummary, search: &str) -> bool {
    // Also in English, since the workflow itself will be called so.
    let mut text = template.needs.clone().unwrap_or_default();
    for words in [&template.name, &template.description, &template.category] {
        text.push_str(&format!(" {words} {}", said_text(words)));
    }
    let text = text.to_lowercase();
    search
        .to_lowercase()
        .split_whitespace()
        .all(|word| text.contains(word))
}

#[component]
fn Gallery(list: Vec<TemplateSummary>) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let open = RwSignal::new(None::<Template>);
    let wanted = RwSignal::new(None::<String>);
    let problem = RwSignal::new(None::<String>);
    let starting = RwSignal::new(false);
    let selected = RwSignal::new(None::<StepId>);
    // Before the page is alive a click would be lost, so there is nothing to click yet.
    let alive = RwSignal::new(false);
    Effect::new(move |_| alive.set(true));
    let navigate = StoredValue::new(use_navigate());
    let look = move |slug: String| {
        wanted.set(Some(slug.clone()));
        problem.set(None);
        spawn_local(async move {
            let found = api::open_template(slug.clone()).await;
            if wanted.try_get_untracked() != Some(Some(slug)) {
                return;
            }
            match found {
                Ok(template) => {
                    selected.set(None);
                    open.set(Some(template));
                }
                Err(error) => problem.set(Some(said_text(&error.message))),
            }
        });
    };
    let start = move |slug: String| {
        starting.set(true);
        problem.set(None);
        spawn_local(async move {
            let started = api::start_from_template(slug).await;
            starting.try_set(false);
            match started {
                Ok(session) => {
                    navigate.try_with_value(|navigate| {
                        navigate(&format!("/sessions/{session}"), NavigateOptions::default());
                    });
                }
                Err(error) => {
                    problem.try_set(Some(said_text(&error.message)));
                }
            }
        });
    };
    let count = list.len();
    let list = StoredValue::new(list);
    let groups = move || {
        let search = search.get();
        let mut groups: Vec<(String, Vec<TemplateSummary>)> = Vec::new();
        list.with_value(|list| {
            for template in list.iter().filter(|template| found(template, &search)) {
                match groups.last_mut() {
                    Some((category, group)) if *category == template.category => {
                        group.push(template.clone());
                    }
                    _ => groups.push((template.category.clone(), vec![template.clone()])),
                }
            }
        });
        if groups.is_empty() {
            return view! {
                <p class="muted" role="status">
                    {t(k::TEMPLATES_NONE)}
                </p>
            }
            .into_any();
        }
        groups
            .into_iter()
            .map(|(category, group)| {
                let rows = group
                    .into_iter()
                    .map(|template| row(template, wanted, alive, look))
                    .collect_view();
                view! {
                    <section class="template-group">
                        <h2>{said_text(&category)}</h2>
                        <ul class="template-list">{rows}</ul>
                    </section>
                }
            })
            .collect_view()
            .into_any()
    };
    let workflow =
        Memo::new(move |_| open.with(|open| open.as_ref().map(|open| open.workflow.clone())));
    let stage = move || {
        let template = open.get()?;
        let Template { summary, tasks, .. } = template;
        let tasks = Tasks::new(tasks);
        let slug = summary.slug;
        Some(
            view! {
                <header class="stage-bar">
                    <div class="stage-name">
                        <h2>{sentence(&summary.name)}</h2>
                        {missing(summary.needs.as_deref(), summary.missing)}
                    </div>
                    <div class="stage-actions">
                        <button
                            type="button"
                            class="button primary"
                            disabled=starting
                            on:click=move |_| start(slug.clone())
                        >
                            {t(k::TEMPLATES_START)}
                        </button>
                    </div>
                </header>
                <div class="stage-body">
                    <Canvas
                        workflow
                        tasks=tasks.clone()
                        selected
                        drawing=Signal::stored(false)
                        marks=Signal::stored(HashMap::new())
                    />
                    <StepPanel workflow tasks selected />
                </div>
            }
            .into_any(),
        )
    };
    view! {
        <main class="run templates" class:looking=move || open.with(Option::is_some)>
            <section class="run-story" aria-label=t(k::FRAME_TEMPLATES)>
                <div class="run-head">
                    <h1>{t(k::FRAME_TEMPLATES)}</h1>
                    <p class="muted">
                        {language::count(k::TEMPLATES_ABOUT, count)}
                    </p>
                    <label class="template-search">
                        <span class="unseen">{t(k::TEMPLATES_SEARCH)}</span>
                        <input
                            // What is written before the page is alive is kept by it.
                            id="template-search"
                            type="search"
                            placeholder=t(k::TEMPLATES_SEARCH)
                            on:input:target=move |event| search.set(event.target().value())
                        />
                    </label>
                </div>
                {move || {
                    problem
                        .get()
                        .map(|message| view! { <p class="notice bad" role="alert">{message}</p> })
                }}
                {groups}
            </section>
            <section class="stage" aria-label=t(k::FRAME_WORKFLOW)>
                {stage}
                <Show when=move || open.with(Option::is_none)>
                    <p class="muted template-none">{t(k::TEMPLATES_CHOOSE)}</p>
                </Show>
            </section>
        </main>
    }
}

fn row(
    template: TemplateSummary,
    wanted: RwSignal<Option<String>>,
    alive: RwSignal<bool>,
    look: impl Fn(String) + 'static,
) -> AnyView {
    let slug = template.slug.clone();
    let pressed = {
        let slug = slug.clone();
        move || {
            wanted
                .with(|wanted| wanted.as_ref() == Some(&slug))
                .to_string()
        }
    };
    view! {
        <li>
            <button
                type="button"
                class="example"
                aria-pressed=pressed
                disabled=move || !alive.get()
                on:click=move |_| look(slug.clone())
            >
                <strong>{sentence(&template.name)}</strong>
                <small>{sentence(&template.description)}</small>
                {missing(template.needs.as_deref(), template.missing)}
            </button>
        </li>
    }
    .into_any()
}

/// The connector a template needs, and whether the store lacks it.
fn missing(needs: Option<&str>, missing: bool) -> Option<AnyView> {
    let needs = needs?;
    let (class, words) = if missing {
        ("status warning", tr(k::TEMPLATES_MISSING, &[needs]))
    } else {
        ("status", tr(k::TEMPLATES_USES, &[needs]))
    };
    Some(view! { <span class=class>{words}</span> }.into_any())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_finds_every_word_anywhere() {
        let template = TemplateSummary {
            slug: "a".to_string(),
            name: "Tag VIP customers".to_string(),
            category: "Loyalty".to_string(),
            description: "Marks who spent a lot.".to_string(),
            needs: Some("Slack".to_string()),
            missing: true,
        };
        for (search, expected) in [
            ("", true),
            ("vip", true),
            ("slack LOYALTY", true),
            ("vip refund", false),
        ] {
            assert_eq!(found(&template, search), expected, "{search}");
        }
    }
}
