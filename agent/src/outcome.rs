//! What kind of answer a request gets: a workflow, or words (a clarification, a refusal, an answer).
//!
//! A small model that writes workflows well is easily led to ask back, or to build something when it
//! should refuse. So the forms are decided first where they are clear, by a linear model of the same
//! kind as the [ranker](crate::tools::ranker), fitted by `trainer rank --outcomes`; the grammar then
//! allows only these. Where they are not clear, the model that writes chooses.

use std::sync::OnceLock;

use crate::tools::ranker::{Label, Ranker};

/// The fitted file.
const SHIPPED: &[u8] = include_bytes!("../../models/outcomes.bin");

/// At this share of the probability or more, an answer is a workflow; at one minus it or less, it is words.
const CLEAR: f32 = 0.6;

/// The forms an answer may take. At least one is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forms {
    /// A program.
    pub program: bool,
    /// A clarification, a refusal or an answer.
    pub words: bool,
}

impl Forms {
    /// Nothing is ruled out.
    pub const ALL: Forms = Forms {
        program: true,
        words: true,
    };
}

/// The forms that come into question for a request; `editing` where there is a workflow already.
pub fn forms(request: &str, editing: bool) -> Forms {
    static RANKER: OnceLock<Ranker> = OnceLock::new();
    let ranker = RANKER.get_or_init(|| Ranker::read(SHIPPED));
    let ranked = ranker.rank(request, editing);
    let of = |name: &str| ranked.of(&Label::Task(name.to_string()));
    let (Some(workflow), Some(clarification), Some(refusal), Some(question)) = (
        of("workflow"),
        of("clarification"),
        of("refusal"),
        of("question"),
    ) else {
        return Forms::ALL;
    };
    let share = workflow / (workflow + clarification + refusal + question).max(1e-6);
    Forms {
        program: share > 1.0 - CLEAR,
        words: share < CLEAR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clear_requests_have_one_form() {
        let program = Forms {
            program: true,
            words: false,
        };
        let words = Forms {
            program: false,
            words: true,
        };
        for (request, editing, expected) in [
            (
                "When an order over $500 comes in, tag it VIP and email ops@example.com",
                false,
                program,
            ),
            ("Tag every new customer with hello-there", false, program),
            ("make the tag gold instead", true, program),
            ("Can a workflow run on past orders?", false, words),
            ("what does this workflow do?", true, words),
            ("translate my product descriptions", false, words),
        ] {
            assert_eq!(forms(request, editing), expected, "{request}");
        }
    }
}
