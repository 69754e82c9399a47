//! The workflow as text, and an announcement of each drawn step, for screen readers.

use flow::workflow::Workflow;
use leptos::prelude::*;

use super::layout::{lay_out, port_label};
use crate::tasks::Tasks;

/// What a screen reader says instead of the drawing.
#[component]
pub fn Outline(
    workflow: Signal<Option<Workflow>>,
    tasks: Tasks,
    drawing: Signal<bool>,
) -> impl IntoView {
    let tasks = StoredValue::new(tasks);
    let lines = Memo::new(move |_| {
        workflow.with(|workflow| {
            workflow
                .as_ref()
                .map(|workflow| tasks.with_value(|tasks| lines(workflow, tasks)))
                .unwrap_or_default()
        })
    });
    let said = move || {
        workflow.with(|workflow| {
            let workflow = workflow.as_ref()?;
            if drawing.get() {
                let last = workflow.steps.last()?;
                Some(format!(
                    "Drew {}",
                    tasks.with_value(|tasks| tasks.title(last))
                ))
            } else {
                Some(match workflow.steps.len() {
                    1 => "The workflow has 1 step.".to_string(),
                    count => format!("The workflow has {count} steps."),
                })
            }
        })
    };
    view! {
        <ol class="unseen" aria-label="The workflow as text">
            {move || lines.get().into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}
        </ol>
        <p class="unseen" aria-live="polite">
            {said}
        </p>
    }
}

fn lines(workflow: &Workflow, tasks: &Tasks) -> Vec<String> {
    let layout = lay_out(workflow);
    let number = |id: &str| {
        layout
            .order
            .iter()
            .position(|other| other == id)
            .map(|index| index + 1)
    };
    layout
        .order
        .iter()
        .filter_map(|id| {
            let step = workflow.step(id)?;
            let next: Vec<String> = layout
                .routes
                .iter()
                .filter(|route| route.from == *id)
                .filter_map(|route| {
                    let port = port_label(&route.port).unwrap_or("Then");
                    Some(format!("{port}: step {}", number(&route.to)?))
                })
                .collect();
            let summary = tasks.summary(step);
            let mut line = format!("{}: {}.", tasks.title(step), summary.trim_end_matches('.'));
            if !next.is_empty() {
                line.push_str(&format!(" {}.", next.join(", ")));
            }
            Some(line)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use flow::TaskType;
    use flow::workflow::{Link, Step};

    use super::*;

    #[test]
    fn the_outline_names_steps_and_where_they_lead() {
        let mut condition = Step::new("b", "shopify::flow::condition", "0.1", TaskType::Condition);
        condition.set_config("condition", "(order.totalPrice > 500)");
        let mut tags = Step::new(
            "c",
            "shopify::admin::add_order_tags",
            "0.1",
            TaskType::Action,
        );
        tags.set_config("tags", r#"["VIP"]"#);
        let workflow = Workflow {
            steps: vec![
                Step::new(
                    "a",
                    "shopify::admin::order_created",
                    "0.1",
                    TaskType::Trigger,
                ),
                condition,
                tags,
            ],
            links: vec![Link::new("a", "output", "b"), Link::new("b", "true", "c")],
            ..Workflow::default()
        };
        assert_eq!(
            lines(&workflow, &Tasks::default()),
            [
                "Order created: Starts the workflow. Then: step 2.",
                "Condition: Order total price is more than 500. Then: step 3.",
                "Add order tags: VIP.",
            ]
        );
    }
}
