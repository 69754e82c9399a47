//! The workflow as text, and an announcement of each drawn step, for screen readers.

use std::collections::HashMap;

use super::layout::port_label;
use super::scene::{Scene, SharedScene};
use crate::language::{count, k, t, tr};
use crate::prelude::*;
use crate::tasks::Tasks;

/// What a screen reader says instead of the drawing.
pub fn outline(
    scene: Memo<SharedScene>,
    tasks: StoredValue<Tasks>,
    drawing: Signal<bool>,
) -> AnyView {
    // One text, since a large workflow has thousands of lines.
    let items = Memo::new(move |_| {
        scene.with(|scene| {
            let mut items = String::new();
            for line in tasks.with_value(|tasks| lines(scene, tasks)) {
                items.push_str("<li>");
                items.push_str(&escaped(&line));
                items.push_str("</li>");
            }
            items
        })
    });
    let said = move || {
        scene.with(|scene| {
            let steps = &scene.workflow.steps;
            let last = steps.last()?;
            if drawing.get() {
                Some(tr(
                    k::CANVAS_DREW,
                    &[&tasks.with_value(|tasks| tasks.title(last))],
                ))
            } else {
                Some(count(k::CANVAS_HAS_STEPS, steps.len()))
            }
        })
    };
    view! {
        <ol class="unseen" aria-label=t(k::CANVAS_AS_TEXT) inner_html=items></ol>
        <p class="unseen" aria-live="polite">
            {said}
        </p>
    }
    .into_any()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn lines(scene: &Scene, tasks: &Tasks) -> Vec<String> {
    let layout = &scene.layout;
    let numbers: HashMap<&str, usize> = layout
        .order
        .iter()
        .enumerate()
        .map(|(at, id)| (id.as_str(), at + 1))
        .collect();
    let mut next: HashMap<&str, Vec<String>> = HashMap::new();
    for route in &layout.routes {
        if let Some(number) = numbers.get(route.to.as_str()) {
            let port = port_label(&route.port).unwrap_or(t(k::CANVAS_THEN));
            next.entry(route.from.as_str())
                .or_default()
                .push(tr(k::CANVAS_LEADS_TO, &[port, &number.to_string()]));
        }
    }
    layout
        .order
        .iter()
        .filter_map(|id| {
            let step = scene.step(id)?;
            let summary = tasks.summary(step);
            let mut line = format!("{}: {}.", tasks.title(step), summary.trim_end_matches('.'));
            if let Some(next) = next.get(id.as_str()) {
                line.push_str(&format!(" {}.", next.join(", ")));
            }
            Some(line)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use flow::TaskType;
    use flow::workflow::{Link, Step, Workflow};

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
            lines(&SharedScene::new(Some(&workflow)), &Tasks::default()),
            [
                "Order created: Starts the workflow. Then: step 2.",
                "Condition: Order total price is more than 500. Then: step 3.",
                "Add order tags: VIP.",
            ]
        );
    }

    #[test]
    fn what_a_merchant_wrote_is_text_and_no_markup() {
        assert_eq!(escaped("a < b & <img>"), "a &lt; b &amp; &lt;img&gt;");
    }
}
