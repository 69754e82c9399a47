//! The icons, drawn here as strokes on a 20 by 20 grid so that they take the colour of the text.

use flow::TaskType;

use crate::prelude::*;

/// An icon by what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    Logo,
    Trigger,
    Schedule,
    Condition,
    Action,
    Mail,
    Tag,
    Data,
    Web,
    Log,
    Loop,
    Wait,
    Send,
    Stop,
    Up,
    Down,
    Close,
    Plus,
    Minus,
    Fit,
    Play,
    Pause,
    Check,
    Cross,
    Warning,
    Information,
    Sun,
    Moon,
    Out,
    Search,
    Back,
    Retry,
    Spark,
    Copy,
    Duplicate,
    Move,
    Swap,
    Link,
    Bin,
    Undo,
    Redo,
    Pencil,
    Help,
}

impl Icon {
    /// The icon of a step.
    pub fn of_step(task_type: TaskType, task_id: &str) -> Icon {
        match task_type {
            TaskType::Trigger if task_id.ends_with("scheduled_time") => Icon::Schedule,
            TaskType::Trigger => Icon::Trigger,
            TaskType::Condition => Icon::Condition,
            TaskType::Foreach => Icon::Loop,
            TaskType::Wait => Icon::Wait,
            TaskType::Action => {
                let name = task_id.rsplit("::").next().unwrap_or(task_id);
                if name.contains("email") || name.contains("message") {
                    Icon::Mail
                } else if name.contains("tags") {
                    Icon::Tag
                } else if task_id.contains("::fetch::") || name.starts_with("get_") {
                    Icon::Data
                } else if name.contains("http") || name.contains("api") {
                    Icon::Web
                } else if name.contains("log") {
                    Icon::Log
                } else {
                    Icon::Action
                }
            }
        }
    }

    fn path(self) -> &'static str {
        match self {
            Icon::Logo => "M4 4.5h7M4 10h12M9 15.5h7M14 4.5h.01M6 15.5h.01",
            Icon::Trigger => "M11 2.5 4.5 11H10l-1 6.5L15.5 9H10z",
            Icon::Schedule => "M4 4.5h12v12H4zM4 8h12M7 2.5v3.5M13 2.5v3.5M10 10.5v2.5h2",
            Icon::Condition => {
                "M10 2.5v4M10 6.5 5 11v6.500M10 6.5 15 11v6.500M3 15.500l2 2 2-2M13 15.500l2 2 2-2"
            }
            Icon::Action => {
                "M10 2.5 16.5 6.250v7.500L10 17.500l-6.5-3.75v-7.500zM10 10v7.500M10 10 3.5 6.250M10 10l6.5-3.75"
            }
            Icon::Mail => "M3 5h14v10H3zM3.5 5.5 10 11l6.5-5.5",
            Icon::Tag => "M3 3.500h6.500L17 11l-6 6-7.5-7.500zM6.750 7h.01",
            Icon::Data => {
                "M4 5c0-1.400 2.700-2.5 6-2.500s6 1.100 6 2.5-2.700 2.5-6 2.500S4 6.400 4 5zM4 5v10c0 1.400 2.700 2.5 6 2.500s6-1.100 6-2.500V5M4 10c0 1.400 2.700 2.5 6 2.500s6-1.100 6-2.5"
            }
            Icon::Web => {
                "M10 2.500a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM2.5 10h15M10 2.500c5 5 5 10 0 15-5-5-5-10 0-15z"
            }
            Icon::Log => "M5 2.500h10v15H5zM8 6.500h4M8 10h4M8 13.500h2",
            Icon::Loop => {
                "M4 9V8a3 3 0 0 1 3-3h9M13.5 2.5 16 5l-2.5 2.500M16 11v1a3 3 0 0 1-3 3H4M6.5 17.5 4 15l2.5-2.5"
            }
            Icon::Wait => "M10 2.500a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM10 6v4l2.75 2",
            Icon::Send => "M10 16.500v-13M4.5 9 10 3.5 15.5 9",
            Icon::Stop => "M6 6h8v8H6z",
            Icon::Up => {
                "M6.5 9v8H3.500V9zM6.5 9l3.250-6.500c1.400 0 2.250.9 2.250 2.250L11.5 8h4.100c1.100 0 1.800 1 1.5 2l-1.700 5.600c-.2.800-1 1.400-1.800 1.400H6.5"
            }
            Icon::Down => {
                "M13.5 11V3h3v8zM13.5 11l-3.250 6.500c-1.400 0-2.250-.9-2.250-2.250L8.5 12H4.400c-1.100 0-1.800-1-1.5-2l1.700-5.600C4.800 3.600 5.600 3 6.400 3h7.100"
            }
            Icon::Close | Icon::Cross => "M5 5l10 10M15 5 5 15",
            Icon::Plus => "M10 4.500v11M4.5 10h11",
            Icon::Minus => "M4.5 10h11",
            Icon::Fit => "M3.5 7.500v-4h4M12.5 3.500h4v4M16.5 12.500v4h-4M7.5 16.500h-4v-4",
            Icon::Play => "M6.5 4v12l9-6z",
            Icon::Pause => "M7 4.500v11M13 4.500v11",
            Icon::Check => "M4 10.5 8 14.5 16 5.5",
            Icon::Warning => "M10 3 17.5 16.500h-15zM10 8v4M10 14.250h.01",
            Icon::Information => {
                "M10 2.500a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM10 9v5M10 6.250h.01"
            }
            Icon::Sun => {
                "M10 6.500a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM10 1.750v1.500M10 16.750v1.500M1.750 10h1.500M16.750 10h1.500M4.200 4.200l1 1M14.800 14.800l1 1M4.200 15.800l1-1M14.800 5.200l1-1"
            }
            Icon::Moon => "M16.5 12A7 7 0 0 1 8 3.5 7 7 0 1 0 16.5 12z",
            Icon::Out => "M8 3.500H4v13h4M12.5 6.5 16 10l-3.5 3.500M16 10H8",
            Icon::Search => "M9 3.500a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM13 13l3.5 3.5",
            Icon::Back => "M12.5 4.5 7 10l5.5 5.5",
            Icon::Retry => "M15.5 8A6 6 0 1 0 16 11M16 4v4h-4",
            Icon::Copy => "M7.5 7.500h9v9h-9zM4.500 12.500h-1v-9h9v1",
            Icon::Duplicate => {
                "M7.5 7.500h9v9h-9zM4.500 12.500h-1v-9h9v1M12 9.750v4.500M9.750 12h4.500"
            }
            Icon::Move => {
                "M10 2.500v15M2.5 10h15M7.500 5 10 2.500 12.5 5M7.500 15l2.500 2.500 2.500-2.500M5 7.500 2.500 10 5 12.5M15 7.500l2.500 2.500-2.500 2.500"
            }
            Icon::Swap => "M3.500 7h12M12.5 4l3 3-3 3M16.5 13h-12M7.500 10l-3 3 3 3",
            Icon::Link => {
                "M8.5 11.5l3-3M9 6.500l2-2a3.200 3.200 0 0 1 4.5 4.5l-2 2M11 13.500l-2 2a3.200 3.200 0 0 1-4.5-4.500l2-2"
            }
            Icon::Bin => {
                "M3.500 5.500h13M8 5.500v-2.500h4v2.500M5 5.500l.8 11.500h8.400L15 5.500M8.250 8.500v5.500M11.750 8.500v5.500"
            }
            Icon::Undo => "M4 8h8a4 4 0 0 1 0 8.500H8M7.500 4 3.500 8l4 4",
            Icon::Redo => "M16 8H8a4 4 0 0 0 0 8.500h4M12.5 4l4 4-4 4",
            Icon::Pencil => "M3.500 16.500l.9-3.900 9-9 3 3-9 9zM11.5 5.500l3 3",
            Icon::Help => {
                "M10 2.500a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM7.750 8a2.250 2.250 0 1 1 3.250 2c-.7.400-1 .8-1 1.500M10 14.250h.01"
            }
            Icon::Spark => {
                "M10 2.500l1.900 5.600 5.600 1.900-5.600 1.900L10 17.500l-1.900-5.600L2.5 10l5.600-1.900z"
            }
        }
    }
}

/// Draws an icon. It is decoration: words beside it or a label say what it means.
#[component]
pub fn Glyph(icon: Icon) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
            <path d=icon.path() />
        </svg>
    }
}
