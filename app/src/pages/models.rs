//! The models page: what is served, what could be, and how each was made and scored.

use serde_json::Value;

use super::Loading;
use crate::api::{self, ModelCard, ModelsView};
use crate::asked::asked;
use crate::language::{k, t};
use crate::prelude::*;
use crate::title::Title;
use crate::trouble::Trouble;
use crate::words::{capitalised, plain};

/// Shows the contract, the current model, and the others.
#[component]
pub fn ModelsPage() -> impl IntoView {
    let models = asked(|| (), |()| api::models());
    view! {
        <Title text=t(k::FRAME_MODELS) />
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match models.await {
                    Ok(models) => view! { <Models models /> }.into_any(),
                    Err(error) => view! { <Trouble error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Models(models: ModelsView) -> impl IntoView {
    let ModelsView {
        contract,
        current,
        available,
    } = models;
    let serving = current.as_ref().map(|card| card.name.clone());
    let current = match current {
        Some(card) => view! { <Card card contract=contract.clone() /> }.into_any(),
        None => view! {
            <div class="blank">
                <p class="muted">
                    {t(k::MODELS_NONE)}
                </p>
            </div>
        }
        .into_any(),
    };
    let others: Vec<ModelCard> = available
        .into_iter()
        .filter(|card| Some(&card.name) != serving.as_ref())
        .collect();
    let none = others.is_empty();
    let mine = contract.clone();
    let others = others
        .into_iter()
        .map(|card| view! { <Card card contract=mine.clone() /> })
        .collect_view();
    view! {
        <main class="page">
            <h1>{t(k::FRAME_MODELS)}</h1>
            <p class="muted">
                {t(k::MODELS_ABOUT)}
            </p>
            <dl class="facts">
                <div>
                    <dt>{t(k::MODELS_CONTRACT)}</dt>
                    <dd>
                        <code class="hash">{contract}</code>
                    </dd>
                </div>
            </dl>
            <h2>{t(k::MODELS_SERVING_NOW)}</h2>
            {current}
            <h2>{t(k::MODELS_ALSO_HERE)}</h2>
            {if none {
                view! { <p class="muted">{t(k::MODELS_NO_OTHERS)}</p> }.into_any()
            } else {
                others.into_any()
            }}
        </main>
    }
}

#[component]
fn Card(card: ModelCard, contract: String) -> impl IntoView {
    let fits = card.contract.as_ref().is_none_or(|own| *own == contract);
    let (class, word) = match (card.serving, fits) {
        (_, false) => ("status bad", t(k::MODELS_OTHER_CONTRACT)),
        (true, _) => ("status good", t(k::MODELS_SERVING)),
        (false, _) => ("status quiet", t(k::MODELS_READY)),
    };
    let mut facts = Vec::new();
    if let Some(base) = card.base {
        facts.push((t(k::MODELS_BASE).to_string(), base));
    }
    if let Some(created) = card.created {
        facts.push((t(k::MODELS_MADE).to_string(), created));
    }
    if let Some(own) = card.contract.filter(|_| !fits) {
        facts.push((t(k::MODELS_ITS_CONTRACT).to_string(), own));
    }
    facts.extend(rows(&card.scores));
    let facts = facts
        .into_iter()
        .map(|(name, value)| {
            view! {
                <div>
                    <dt>{name}</dt>
                    <dd>{value}</dd>
                </div>
            }
        })
        .collect_view();
    view! {
        <section class="model">
            <header>
                <h3>{card.name}</h3>
                <span class=class>{word}</span>
            </header>
            <dl class="facts">{facts}</dl>
        </section>
    }
}

/// The scores and lineage as rows; an object inside an object keeps its name in front.
fn rows(value: &Value) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    collect(value, "", 0, &mut rows);
    rows
}

fn collect(value: &Value, name: &str, depth: u8, rows: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) if depth < 3 => {
            for (key, value) in object {
                let name = if name.is_empty() {
                    key.replace('_', " ")
                } else {
                    format!("{name}, {}", key.replace('_', " "))
                };
                collect(value, &name, depth + 1, rows);
            }
        }
        Value::Null => {}
        value if !name.is_empty() => rows.push((capitalised(name), number(value))),
        _ => {}
    }
}

fn number(value: &Value) -> String {
    match value.as_f64() {
        Some(float) if value.is_f64() => {
            let text = format!("{float:.4}");
            text.trim_end_matches('0').trim_end_matches('.').to_string()
        }
        _ => plain(value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::rows;

    #[test]
    fn scores_become_rows() {
        let value = json!({
            "semantic": 0.8125,
            "steps": 400,
            "losses": {"first": 2.5, "last": 0.25},
            "note": null,
        });
        let rows: Vec<String> = rows(&value)
            .into_iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(
            rows,
            [
                "Semantic=0.8125",
                "Steps=400",
                "Losses, first=2.5",
                "Losses, last=0.25"
            ]
        );
    }
}
