//! A workflow as it is drawn: its layout, looked up by step and by link, and where steps can be put in.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use flow::TaskType;
use flow::edit::{Edit, Place as Where};
use flow::workflow::{Step, StepId, Workflow};

use super::eye::Frame;
use super::layout::{
    CARD_HEIGHT, Layout, PORT_OFFSET, Place, Route, lay_out, port_label, stub_shift,
};
use crate::language::{k, tr};
use crate::tasks::Tasks;

/// From, port, to.
pub type LinkKey = (StepId, String, StepId);

/// A port that nothing follows.
#[derive(Clone, Debug, PartialEq)]
pub struct FreePort {
    pub step: StepId,
    pub port: &'static str,
    /// Where its line begins.
    pub from: Place,
    /// Where a step can be put in.
    pub at: Place,
}

/// A workflow as it is drawn.
#[derive(Debug, Default)]
pub struct Scene {
    pub workflow: Workflow,
    pub layout: Layout,
    steps: HashMap<StepId, usize>,
    routes: HashMap<LinkKey, usize>,
    pub free: Vec<FreePort>,
}

/// Handed from signal to signal; a new one is made whenever the workflow changed.
#[derive(Clone, Debug, Default)]
pub struct SharedScene(Arc<Scene>);

impl PartialEq for SharedScene {
    fn eq(&self, other: &SharedScene) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl std::ops::Deref for SharedScene {
    type Target = Scene;

    fn deref(&self) -> &Scene {
        &self.0
    }
}

impl SharedScene {
    /// Lays a workflow out.
    pub fn new(workflow: Option<&Workflow>) -> SharedScene {
        SharedScene(Arc::new(workflow.map(Scene::new).unwrap_or_default()))
    }
}

impl Scene {
    fn new(workflow: &Workflow) -> Scene {
        let layout = lay_out(workflow);
        let mut steps = HashMap::new();
        for (at, step) in workflow.steps.iter().enumerate() {
            steps.entry(step.id.clone()).or_insert(at);
        }
        let routes = layout
            .routes
            .iter()
            .enumerate()
            .map(|(at, route)| (key_of(route), at))
            .collect();
        let free = free_ports(workflow, &layout);
        Scene {
            workflow: workflow.clone(),
            layout,
            steps,
            routes,
            free,
        }
    }

    /// The step with this id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.workflow.steps.get(*self.steps.get(id)?)
    }

    /// The drawn link with this key.
    pub fn route(&self, key: &LinkKey) -> Option<&Route> {
        self.layout.routes.get(*self.routes.get(key)?)
    }

    /// The steps whose cards lie in the frame, in reading order, and those of `also`.
    pub fn cards_in(&self, frame: &Frame, also: &HashSet<StepId>) -> Vec<StepId> {
        self.layout
            .order
            .iter()
            .zip(&self.layout.spots)
            .filter(|(id, place)| {
                frame.shows(**place) || (!also.is_empty() && also.contains(id.as_str()))
            })
            .map(|(id, _)| id.clone())
            .collect()
    }

    /// The links that pass through the frame.
    pub fn links_in(&self, frame: &Frame) -> Vec<LinkKey> {
        self.layout
            .routes
            .iter()
            .filter(|route| frame.meets(&route.bounds))
            .map(key_of)
            .collect()
    }

    /// The free ports in the frame.
    pub fn free_in(&self, frame: &Frame) -> Vec<FreePort> {
        self.free
            .iter()
            .filter(|free| {
                frame.shows(Place {
                    x: free.at.x,
                    y: free.at.y - CARD_HEIGHT,
                })
            })
            .cloned()
            .collect()
    }

    /// The link over which a step is entered, if there is one.
    pub fn link_into(&self, id: &str) -> Option<Where> {
        self.layout
            .routes
            .iter()
            .find(|route| route.to == id)
            .map(on_link)
    }

    /// Where a step goes that is put in behind this one.
    pub fn behind(&self, id: &str) -> Option<Where> {
        let step = self.step(id)?;
        let ports = step.task_type.output_ports();
        let free = |port: &&&'static str| {
            self.free
                .iter()
                .any(|free| free.step == id && free.port == **port)
        };
        // A branch that is empty wants a step first.
        let port = ports.iter().find(free).or(ports.first())?;
        Some(Where::After {
            step: id.to_string(),
            port: (*port).to_string(),
        })
    }

    /// The last step in reading order.
    pub fn last(&self) -> Option<&StepId> {
        self.layout.order.last()
    }

    /// What each step is called where steps are told apart in words: by its title, by what it does where
    /// others have the same title, and by its number in the workflow as text where that is not enough.
    fn names(&self, tasks: &Tasks) -> HashMap<&str, String> {
        let told: Vec<(&str, String, String)> = self
            .layout
            .order
            .iter()
            .filter_map(|id| {
                let step = self.step(id)?;
                let title = tasks.title(step);
                let does = format!("{title}: {}", shortened(&tasks.summary(step)));
                Some((id.as_str(), title, does))
            })
            .collect();
        let mut times: HashMap<&str, usize> = HashMap::new();
        for (_, title, does) in &told {
            *times.entry(title).or_default() += 1;
            *times.entry(does).or_default() += 1;
        }
        let once = |words: &String| times.get(words.as_str()).is_none_or(|times| *times == 1);
        told.iter()
            .enumerate()
            .map(|(at, (id, title, does))| {
                let name = match (once(title), once(does)) {
                    (true, _) => tr(k::CANVAS_STEP_NAME, &[title]),
                    (_, true) => tr(k::CANVAS_STEP_NAME, &[does]),
                    _ => tr(k::CANVAS_STEP_NUMBER, &[does, &(at + 1).to_string()]),
                };
                (*id, name)
            })
            .collect()
    }

    /// The links that a step could have from its free ports, and those to take away, each with words for
    /// it, in reading order.
    pub fn connections(&self, tasks: &Tasks, id: &str) -> Vec<(Edit, String)> {
        let names = self.names(tasks);
        let name = |id: &str| names.get(id).cloned().unwrap_or_default();
        let before = self.before(id);
        let mut found = Vec::new();
        for free in self.free.iter().filter(|free| free.step == id) {
            for to in &self.layout.order {
                let begins = self
                    .step(to)
                    .is_none_or(|step| step.task_type == TaskType::Trigger);
                if begins || before.contains(to.as_str()) {
                    continue;
                }
                let edit = Edit::Link {
                    from: id.to_string(),
                    port: free.port.to_string(),
                    to: to.clone(),
                };
                let words = match port_label(free.port) {
                    Some(branch) => tr(k::CANVAS_GO_ON_BRANCH, &[branch, &name(to)]),
                    None => tr(k::CANVAS_GO_ON, &[&name(to)]),
                };
                found.push((edit, words));
            }
        }
        for route in self.layout.routes.iter().filter(|route| route.from == id) {
            let edit = Edit::Unlink {
                from: id.to_string(),
                port: route.port.clone(),
                to: route.to.clone(),
            };
            let words = match port_label(&route.port) {
                Some(branch) => tr(k::CANVAS_NOT_GO_ON_BRANCH, &[branch, &name(&route.to)]),
                None => tr(k::CANVAS_NOT_GO_ON, &[&name(&route.to)]),
            };
            found.push((edit, words));
        }
        found
    }

    /// The steps from which the links lead to this one, and itself.
    fn before(&self, id: &str) -> HashSet<&str> {
        let mut into: HashMap<&str, Vec<&str>> = HashMap::new();
        for route in &self.layout.routes {
            into.entry(&route.to).or_default().push(&route.from);
        }
        let mut open: Vec<&str> = self
            .step(id)
            .map(|step| step.id.as_str())
            .into_iter()
            .collect();
        let mut before = HashSet::new();
        while let Some(id) = open.pop() {
            if before.insert(id) {
                open.extend(into.get(id).into_iter().flatten());
            }
        }
        before
    }

    /// Every place where steps can be put in, with words for it, in reading order; without those at
    /// the steps that are to be put in.
    pub fn places(&self, tasks: &Tasks, moving: &[StepId]) -> Vec<(Where, String)> {
        let moves = |id: &StepId| moving.contains(id);
        let names = self.names(tasks);
        let name = |id: &str| names.get(id).cloned().unwrap_or_default();
        let mut leaving: HashMap<&str, Vec<(Where, String)>> = HashMap::new();
        for route in &self.layout.routes {
            if !moves(&route.from) && !moves(&route.to) {
                let (from, to) = (name(&route.from), name(&route.to));
                let words = match port_label(&route.port) {
                    Some(branch) => tr(k::CANVAS_BETWEEN_BRANCH, &[&from, branch, &to]),
                    None => tr(k::CANVAS_BETWEEN, &[&from, &to]),
                };
                leaving
                    .entry(&route.from)
                    .or_default()
                    .push((on_link(route), words));
            }
        }
        for free in self.free.iter().filter(|free| !moves(&free.step)) {
            let step = name(&free.step);
            let words = match port_label(free.port) {
                Some(branch) => tr(k::CANVAS_PLACE_AFTER_BRANCH, &[&step, branch]),
                None => tr(k::CANVAS_PLACE_AFTER, &[&step]),
            };
            leaving
                .entry(&free.step)
                .or_default()
                .push((behind_port(free), words));
        }
        self.layout
            .order
            .iter()
            .filter_map(|id| leaving.remove(id.as_str()))
            .flatten()
            .collect()
    }
}

/// The key of a drawn link.
pub fn key_of(route: &Route) -> LinkKey {
    (route.from.clone(), route.port.clone(), route.to.clone())
}

/// The place on a link.
pub fn on_link(route: &Route) -> Where {
    Where::OnLink {
        from: route.from.clone(),
        port: route.port.clone(),
        to: route.to.clone(),
    }
}

/// The place at a free port.
pub fn behind_port(free: &FreePort) -> Where {
    Where::After {
        step: free.step.clone(),
        port: free.port.to_string(),
    }
}

/// The most characters that tell what a step does in the name of a place.
const MOST_TOLD: usize = 48;

fn shortened(text: &str) -> String {
    match text.char_indices().nth(MOST_TOLD) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_string(),
    }
}

fn free_ports(workflow: &Workflow, layout: &Layout) -> Vec<FreePort> {
    let used: HashSet<(&str, &str)> = layout
        .routes
        .iter()
        .map(|route| (route.from.as_str(), route.port.as_str()))
        .collect();
    let mut free = Vec::new();
    for step in &workflow.steps {
        let Some(place) = layout.place(&step.id) else {
            continue;
        };
        let ports = step.task_type.output_ports();
        for port in ports {
            if used.contains(&(step.id.as_str(), *port)) {
                continue;
            }
            let others = ports
                .iter()
                .any(|other| used.contains(&(step.id.as_str(), *other)));
            // Beside a line that goes straight down there must be room for this one.
            let shift = stub_shift(port, ports.len() > 1) * if others { 1.6 } else { 1.0 };
            let from = Place {
                x: place.x + shift * PORT_OFFSET,
                y: place.y + CARD_HEIGHT,
            };
            free.push(FreePort {
                step: step.id.clone(),
                port,
                from,
                at: Place {
                    x: from.x,
                    y: from.y + 30.0,
                },
            });
        }
    }
    free
}

#[cfg(test)]
mod tests {
    use flow::workflow::Link;

    use super::*;

    fn workflow() -> Workflow {
        Workflow {
            steps: [
                ("t", TaskType::Trigger),
                ("if", TaskType::Condition),
                ("a", TaskType::Action),
            ]
            .into_iter()
            .map(|(id, kind)| Step::new(id, format!("x::{id}"), "0.1", kind))
            .collect(),
            links: vec![Link::new("t", "output", "if"), Link::new("if", "true", "a")],
            ..Workflow::default()
        }
    }

    #[test]
    fn free_ports_are_where_nothing_follows() {
        let scene = Scene::new(&workflow());
        let free: Vec<(&str, &str)> = scene
            .free
            .iter()
            .map(|free| (free.step.as_str(), free.port))
            .collect();
        assert_eq!(free, [("if", "false"), ("a", "output")]);
        assert_eq!(
            scene.behind("if"),
            Some(Where::After {
                step: "if".to_string(),
                port: "false".to_string()
            })
        );
    }

    #[test]
    fn places_are_told_in_reading_order_without_those_of_the_moved_steps() {
        let scene = Scene::new(&workflow());
        let words = |moving: &[StepId]| -> Vec<String> {
            scene
                .places(&Tasks::default(), moving)
                .into_iter()
                .map(|(_, words)| words)
                .collect()
        };
        assert_eq!(
            words(&[]),
            [
                "Between ‘T’ and ‘Condition’",
                "Between ‘Condition’ (Then) and ‘A’",
                "After ‘Condition’ (Otherwise)",
                "After ‘A’",
            ]
        );
        assert_eq!(words(&["if".to_string()]), ["After ‘A’"]);
    }

    #[test]
    fn a_step_can_be_linked_from_its_free_ports_without_a_circle() {
        let scene = Scene::new(&workflow());
        let words = |id: &str| -> Vec<String> {
            let found = scene.connections(&Tasks::default(), id);
            found.into_iter().map(|(_, words)| words).collect()
        };
        assert_eq!(
            words("if"),
            ["Otherwise: go on to ‘A’", "Then: no longer go on to ‘A’"]
        );
        // Behind the last step only those before it are left, and they would make a circle.
        assert!(words("a").is_empty());
    }

    #[test]
    fn steps_of_one_title_are_told_apart() {
        let tagging = |id: &str, tags: &str| {
            let mut step = Step::new(
                id,
                "shopify::admin::add_order_tags",
                "0.1",
                TaskType::Action,
            );
            step.set_config("tags", tags);
            step
        };
        let workflow = Workflow {
            steps: vec![
                Step::new("t", "x::t", "0.1", TaskType::Trigger),
                tagging("a", r#"["VIP"]"#),
                tagging("b", r#"["big"]"#),
                tagging("c", r#"["big"]"#),
            ],
            links: vec![
                Link::new("t", "output", "a"),
                Link::new("a", "output", "b"),
                Link::new("b", "output", "c"),
            ],
            ..Workflow::default()
        };
        let places: Vec<String> = Scene::new(&workflow)
            .places(&Tasks::default(), &[])
            .into_iter()
            .map(|(_, words)| words)
            .collect();
        assert_eq!(
            places,
            [
                "Between ‘T’ and ‘Add order tags: VIP’",
                "Between ‘Add order tags: VIP’ and ‘Add order tags: big’, step 3",
                "Between ‘Add order tags: big’, step 3 and ‘Add order tags: big’, step 4",
                "After ‘Add order tags: big’, step 4",
            ]
        );
    }

    #[test]
    fn only_what_lies_in_the_frame_is_drawn_and_what_is_kept() {
        let scene = Scene::new(&workflow());
        let frame = Frame {
            left: 0.0,
            top: -10.0,
            right: 300.0,
            bottom: 100.0,
        };
        assert_eq!(scene.cards_in(&frame, &HashSet::new()), ["t"]);
        let kept = HashSet::from(["a".to_string()]);
        assert_eq!(scene.cards_in(&frame, &kept), ["t", "a"]);
        assert_eq!(scene.links_in(&frame).len(), 1);
    }
}
