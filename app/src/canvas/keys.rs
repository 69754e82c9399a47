//! What the keys do on the canvas.

use super::layout::Direction;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Go to the next step this way; `true` selects it too.
    Go(Direction, bool),
    First,
    Last,
    ZoomIn,
    ZoomOut,
    Fit,
    SelectAll,
    /// Select nothing.
    Clear,
    Help,
    /// Add a step behind the one that has the focus.
    Add,
    /// Add a step before it.
    AddBefore,
    Move,
    /// Link the step to another, or take a link away.
    Connect,
    Duplicate,
    Swap,
    Remove,
    Rename,
}

impl Command {
    /// True when it changes the workflow, or begins to.
    pub fn edits(self) -> bool {
        matches!(
            self,
            Command::Add
                | Command::AddBefore
                | Command::Move
                | Command::Connect
                | Command::Duplicate
                | Command::Swap
                | Command::Remove
                | Command::Rename
        )
    }
}

/// What a key pressed on the canvas asks for; `control` is the command key on Apple's keyboards.
pub fn command(key: &str, control: bool, shift: bool) -> Option<Command> {
    Some(match (key, control) {
        ("ArrowUp", false) => Command::Go(Direction::Up, shift),
        ("ArrowDown", false) => Command::Go(Direction::Down, shift),
        ("ArrowLeft", false) => Command::Go(Direction::Left, shift),
        ("ArrowRight", false) => Command::Go(Direction::Right, shift),
        ("Home", false) => Command::First,
        ("End", false) => Command::Last,
        ("+" | "=", false) => Command::ZoomIn,
        ("-", false) => Command::ZoomOut,
        ("0", false) => Command::Fit,
        ("a" | "A", true) => Command::SelectAll,
        ("Escape", _) => Command::Clear,
        ("?", false) => Command::Help,
        ("a" | "A" | "/", false) => Command::Add,
        ("i" | "I", false) => Command::AddBefore,
        ("m" | "M", false) => Command::Move,
        ("c" | "C", false) => Command::Connect,
        ("d" | "D", true) => Command::Duplicate,
        ("s" | "S", false) => Command::Swap,
        ("Delete" | "Backspace", false) => Command::Remove,
        ("F2", false) => Command::Rename,
        _ => return None,
    })
}

/// The keys and what they do, for people. The second of each pair is said in the help.
pub const HELP: [(&str, &[(&str, &str)]); 3] = [
    (
        "Move around",
        &[
            ("Arrow keys", "Go from step to step"),
            ("Home, End", "First step, last step"),
            ("Enter", "Open the step"),
            ("Esc", "Close it, select nothing"),
            ("+ −", "Zoom in, zoom out"),
            ("0", "Show all"),
        ],
    ),
    (
        "Select",
        &[
            ("Shift + click", "Select several steps"),
            ("Shift + arrows", "Select the next step too"),
            ("Ctrl + A", "Select all steps"),
        ],
    ),
    (
        "Change",
        &[
            ("A or /", "Add a step after this one"),
            ("I", "Add a step before this one"),
            ("M", "Move it elsewhere"),
            ("C", "Connect it with another step, or disconnect it"),
            ("S", "Swap the branches of a condition"),
            ("Delete", "Remove it"),
            ("Ctrl + D", "Duplicate it"),
            ("Ctrl + C, X, V", "Copy, cut, paste; also between workflows"),
            ("F2", "Rename the workflow"),
            ("Ctrl + Z", "Undo"),
            ("Ctrl + Shift + Z", "Redo"),
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_told_apart_by_control_and_shift() {
        for (key, control, shift, expected) in [
            ("a", false, false, Some(Command::Add)),
            ("a", true, false, Some(Command::SelectAll)),
            ("/", false, false, Some(Command::Add)),
            ("d", true, false, Some(Command::Duplicate)),
            ("d", false, false, None),
            ("c", true, false, None),
            ("c", false, false, Some(Command::Connect)),
            (
                "ArrowDown",
                false,
                true,
                Some(Command::Go(Direction::Down, true)),
            ),
            ("ArrowDown", true, false, None),
            ("?", false, true, Some(Command::Help)),
            ("Backspace", false, false, Some(Command::Remove)),
        ] {
            assert_eq!(command(key, control, shift), expected, "{key}");
        }
    }

    #[test]
    fn looking_around_is_no_editing() {
        assert!(!Command::Fit.edits() && !Command::SelectAll.edits());
        assert!(Command::Remove.edits() && Command::Add.edits());
    }
}
