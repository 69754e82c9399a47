//! What kind of answer a request gets: a workflow, or words (a clarification, a refusal, an answer).
//!
//! A small model that writes workflows well is easily led to ask back, or to build something when it
//! should refuse. So the forms are decided first where they are clear, by a linear model of the same
//! kind as the [ranker](crate::tools::ranker), fitted by `trainer rank --outcomes`; the grammar then
//! allows only these. Where they are not clear, the model that writes chooses.
//!
//! Besides the words it sees what the searches made of them ([`features`]): a request for which no
//! step is likely lacks one, and one that needs an app the store does not have is most often refused.

use std::sync::OnceLock;

use flow::Catalog;
use flow::workflow::TaskType;

use crate::tools::ranker::{self, Label, Ranker, bucket};
use crate::tools::words::plain;

/// The fitted file.
const SHIPPED: &[u8] = include_bytes!("../../models/outcomes.bin");

/// At this share of the probability or more, an answer is a workflow. Below, the model itself tells
/// better. Of the 340 requests of both benchmarks, 91 % of those that can be built lie above, and four of
/// those that cannot.
const PROGRAM: f32 = 0.78;

/// The same for what is put as a question, which may be one.
const ASKED: f32 = 0.95;

/// Words that open a question which wants to know something.
const ASKING: [&str; 14] = [
    "are", "can", "could", "do", "does", "how", "if", "is", "what", "which", "who", "whose", "why",
    "will",
];

/// At this share or less, it is words. To build what was not asked for is seen and undone at once; to
/// refuse what could be built is not.
const WORDS: f32 = 0.3;

/// How the task search says that an app is not there ([`crate::tools::not_installed`]).
const MISSING: &str = "not installed: ";

/// A form of words is ruled out below this share of the likeliest one. Of 40 requests for words, none had
/// its own form below 0.27 of the likeliest.
const BESIDE: f32 = 0.2;

/// What words get ahead of a program where the request leaves both possible ([`crate::backend::Generate`]).
///
/// Of 126 held-out synthetic requests of that kind, 82 of them for words, the model alone builds 11 of
/// the 82 and answers 5 of the others in words; with this lead 6 and 10. Such requests are one in
/// fifteen, so that possible ones stay far below the 5 % that may be refused.
pub const LEAD: f32 = 0.75;

/// The forms an answer may take. At least one is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forms {
    /// A program.
    pub program: bool,
    /// A question back.
    pub clarification: bool,
    /// Why it cannot be done.
    pub refusal: bool,
    /// The answer to a question.
    pub answer: bool,
}

impl Forms {
    /// Nothing is ruled out.
    pub const ALL: Forms = Forms {
        program: true,
        clarification: true,
        refusal: true,
        answer: true,
    };

    /// Only a program.
    pub const PROGRAM: Forms = Forms {
        program: true,
        clarification: false,
        refusal: false,
        answer: false,
    };

    /// Only words about why nothing is built.
    pub const NOTHING_BUILT: Forms = Forms {
        program: false,
        clarification: true,
        refusal: true,
        answer: false,
    };

    /// Whether words are allowed.
    pub fn words(self) -> bool {
        self.clarification || self.refusal || self.answer
    }
}

/// What the searches know: the ranker, and the names of the triggers and of the actions.
struct Searches {
    ranker: &'static Ranker,
    triggers: Vec<Label>,
    actions: Vec<Label>,
}

fn searches() -> &'static Searches {
    static SEARCHES: OnceLock<Searches> = OnceLock::new();
    SEARCHES.get_or_init(|| {
        let catalog = Catalog::builtin();
        let (triggers, actions): (Vec<_>, Vec<_>) = catalog
            .tasks()
            .partition(|task| task.task_type == TaskType::Trigger);
        let label = |task: &&flow::catalog::Task| Label::Task(task.name.clone());
        Searches {
            ranker: ranker::shipped(),
            triggers: triggers.iter().map(label).collect(),
            actions: actions.iter().map(label).collect(),
        }
    })
}

/// The features of a request: those of the ranker, and what stands out in it and in `found`, the
/// result of its task search. Buckets, each once, in ascending order.
pub fn features(request: &str, editing: bool, found: &str) -> Vec<u16> {
    let searches = searches();
    let mut features = ranker::features(request, editing);
    let ranked = searches.ranker.rank(request, editing);
    let surest = |labels: &[Label]| -> &'static str {
        let likely = labels.iter().filter_map(|label| ranked.of(label));
        match likely.fold(0.0_f32, f32::max) {
            p if p < 0.05 => "none",
            p if p < 0.2 => "low",
            p if p < 0.5 => "half",
            p if p < 0.85 => "high",
            _ => "sure",
        }
    };
    let (trigger, action) = (surest(&searches.triggers), surest(&searches.actions));
    let words = plain(request);
    let length = match words.len() {
        0..=2 => "2",
        3..=4 => "4",
        5..=7 => "7",
        8..=12 => "12",
        13..=25 => "25",
        _ => "more",
    };
    let values = request.contains(['@', '#', '"', '“', '„']) || request.contains("://");
    let digits = request.contains(|c: char| c.is_ascii_digit());
    let state = if editing { "edit" } else { "create" };
    let missing = found.contains(MISSING);
    let first = words.first().map_or("", String::as_str);
    let asks = request.trim_end().ends_with('?');
    for evidence in [
        format!("=trigger {trigger}"),
        format!("=action {action}"),
        format!("=both {trigger} {action} {state}"),
        format!("=length {length} {state}"),
        format!("=action {action} {length} {state}"),
        format!("=values {values} {digits} {state}"),
        format!("=missing {missing}"),
        format!("=missing {missing} {action} {state}"),
        format!("=first {first}"),
        format!("=asks {asks} {first}"),
        format!("=asks {asks} {state}"),
    ] {
        features.push(bucket(&evidence));
    }
    features.sort_unstable();
    features.dedup();
    features
}

/// The forms that come into question for a request; `editing` where there is a workflow already,
/// `found` what the task search found.
pub fn forms(request: &str, editing: bool, found: &str) -> Forms {
    static RANKER: OnceLock<Ranker> = OnceLock::new();
    let ranker = RANKER.get_or_init(|| Ranker::read(SHIPPED));
    let ranked = ranker.rank_features(&features(request, editing, found));
    let of = |name: &str| ranked.of(&Label::Task(name.to_string()));
    let (Some(workflow), Some(clarification), Some(refusal), Some(question)) = (
        of("workflow"),
        of("clarification"),
        of("refusal"),
        of("question"),
    ) else {
        return Forms::ALL;
    };
    // An app that is asked for and not there leaves nothing to build, except by an address of its own.
    if found.contains(MISSING) && !request.contains("://") {
        return Forms {
            program: false,
            ..Forms::ALL
        };
    }
    let share = workflow / (workflow + clarification + refusal + question).max(1e-6);
    let bar = if asks(request) { ASKED } else { PROGRAM };
    if share >= bar {
        return Forms::PROGRAM;
    }
    let bar = BESIDE * clarification.max(refusal).max(question);
    Forms {
        program: share > WORDS,
        clarification: clarification >= bar,
        refusal: refusal >= bar,
        answer: question >= bar,
    }
}

/// Whether a request is put as a question.
fn asks(request: &str) -> bool {
    let first = plain(request);
    let opens = first
        .first()
        .is_some_and(|word| ASKING.contains(&word.as_str()));
    opens && request.trim_end().ends_with('?')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::{CatalogTools, Tools};

    #[test]
    fn clear_requests_are_told_apart() {
        for (request, editing, expected) in [
            (
                "When an order over $500 comes in, tag it VIP and email ops@example.com",
                false,
                (true, ""),
            ),
            ("Tag every new customer with hello-there", false, (true, "")),
            ("make the tag gold instead", true, (true, "")),
            (
                "Can a workflow run on past orders?",
                false,
                (false, "answer"),
            ),
            ("what does this workflow do?", true, (false, "answer")),
            (
                "translate my product descriptions",
                false,
                (false, "refusal"),
            ),
            ("post every new order to Slack", false, (false, "refusal")),
        ] {
            let store = Catalog::builtin().with_connectors::<&str>(&[]);
            let tools = CatalogTools::new(std::sync::Arc::new(store));
            let arguments = serde_json::json!({"query": request, "editing": editing});
            let found = tools.call("task_search", &arguments);
            let forms = forms(request, editing, &found);
            let (program, form) = expected;
            assert_eq!(forms.program, program, "{request}: {forms:?}");
            let allowed = match form {
                "answer" => forms.answer,
                "refusal" => forms.refusal,
                _ => true,
            };
            assert!(allowed, "{request}: {forms:?}");
        }
    }
}
