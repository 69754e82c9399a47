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
        ("d" | "D", true) => Command::Duplicate,
        ("s" | "S", false) => Command::Swap,
        ("Delete" | "Backspace", false) => Command::Remove,
        ("F2", false) => Command::Rename,
        _ => return None,
    })
}

/// What a key is called on the keyboards of the reader's language.
#[derive(Clone, Copy)]
pub enum KeyName {
    /// The sign on the key.
    Is(&'static str),
    /// It has a name.
    Named(Key),
    /// Together with the control key.
    Control(&'static str),
    /// Together with the control and the shift key.
    ControlShift(&'static str),
}

use KeyName::{Control, ControlShift, Is, Named};

use crate::language::{Key, k, t};

impl KeyName {
    /// The name in the reader's language.
    pub fn words(self) -> String {
        match self {
            Is(sign) => sign.to_string(),
            Named(name) => t(name).to_string(),
            Control(sign) => format!("{} + {sign}", t(k::KEYS_CTRL)),
            ControlShift(sign) => {
                format!("{} + {} + {sign}", t(k::KEYS_CTRL), t(k::KEYS_SHIFT))
            }
        }
    }
}

/// The keys and what they do, for people. The second of each pair is said in the help.
pub const HELP: [(Key, &[(KeyName, Key)]); 3] = [
    (
        k::KEYS_MOVE_AROUND,
        &[
            (Named(k::KEYS_ARROW_KEYS), k::KEYS_GO),
            (Named(k::KEYS_HOME_END), k::KEYS_FIRST_LAST),
            (Named(k::KEYS_ENTER), k::KEYS_OPEN),
            (Named(k::KEYS_ESC), k::KEYS_CLOSE),
            (Is("+ −"), k::KEYS_ZOOM),
            (Is("0"), k::KEYS_SHOW_ALL),
        ],
    ),
    (
        k::KEYS_SELECT,
        &[
            (Named(k::KEYS_SHIFT_CLICK), k::KEYS_SELECT_SEVERAL),
            (Named(k::KEYS_SHIFT_ARROWS), k::KEYS_SELECT_NEXT),
            (Control("A"), k::KEYS_SELECT_ALL),
        ],
    ),
    (
        k::KEYS_CHANGE,
        &[
            (Named(k::KEYS_A_OR_SLASH), k::KEYS_ADD_AFTER),
            (Is("I"), k::KEYS_ADD_BEFORE),
            (Is("M"), k::KEYS_MOVE),
            (Is("S"), k::KEYS_SWAP),
            (Named(k::KEYS_DELETE), k::KEYS_REMOVE),
            (Control("D"), k::KEYS_DUPLICATE),
            (Control("C, X, V"), k::KEYS_COPY),
            (Is("F2"), k::KEYS_RENAME),
            (Control("Z"), k::KEYS_UNDO),
            (ControlShift("Z"), k::KEYS_REDO),
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
