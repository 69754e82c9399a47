//! How well what a program is made of fits its request.
//!
//! A linear model of the same kind as the [ranker](crate::tools::ranker), fitted by `trainer rank --constructs`,
//! knows how likely a request means each [construct](crate::constructs). A program with unlikely ones, or without
//! likely ones, is written again ([`crate::turn`]), and of several the one that fits best is taken: choosing
//! among the best few by a second model that sees the whole (Collins, "Discriminative reranking for natural
//! language parsing", 2000).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use flow::{Catalog, Workflow};

use crate::constructs::{Open, constructs, features, piece};
use crate::tools::ranker::{Label, Ranker};

/// The fitted file.
const SHIPPED: &[u8] = include_bytes!("../../models/constructs.bin");

/// Below this probability something of a program is suspected.
const UNLIKELY: f32 = 0.1;

/// A probability of less says no more: the model was fitted on made-up requests.
const FLOOR: f32 = 1e-4;

/// How well a program fits, in nats.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plausible {
    /// The negative logarithm of the probability that the request means just these constructs.
    pub loss: f32,
    /// How much of it another program could save at best.
    pub regret: f32,
    /// How the unlikely constructs begin in a program.
    pub suspects: Vec<String>,
}

/// How well a workflow fits a request, or an edit of the workflow before.
pub fn plausible(
    request: &str,
    workflow: &Workflow,
    before: Option<&Workflow>,
    catalog: &Catalog,
) -> Plausible {
    let ranked = shipped().rank_features(&features(request, before, catalog));
    let present = constructs(workflow, before, catalog);
    let mut found = Plausible::default();
    let mut suspects = BTreeSet::new();
    let open = Open::of(before, catalog);
    for (construct, probability) in ranked.tasks() {
        if !open.allows(construct) {
            continue;
        }
        let has = present.contains(construct);
        let fits = if has { probability } else { 1.0 - probability };
        found.loss -= fits.max(FLOOR).ln();
        if fits < 0.5 {
            found.regret += ((1.0 - fits) / fits.max(FLOOR)).ln();
        }
        if has && probability < UNLIKELY {
            suspects.extend(piece(construct));
        }
    }
    found.suspects = suspects.into_iter().collect();
    found
}

/// How likely a request means a construct; `None` where nothing is known of it.
pub fn probability(
    request: &str,
    before: Option<&Workflow>,
    catalog: &Catalog,
    construct: &str,
) -> Option<f32> {
    let ranked = shipped().rank_features(&features(request, before, catalog));
    ranked.of(&Label::Task(construct.to_string()))
}

/// The fitted model, read once.
fn shipped() -> &'static Ranker {
    static RANKER: LazyLock<Ranker> = LazyLock::new(|| Ranker::read(SHIPPED));
    &RANKER
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doubts::samples::{edited, on_order};

    fn of(request: &str, before: Option<&str>, body: &str) -> Plausible {
        let before = before.map(on_order);
        let workflow = match &before {
            Some(before) => edited(before, body),
            None => on_order(body),
        };
        plausible(request, &workflow, before.as_ref(), &Catalog::builtin())
    }

    const TAG: &str = "    add_order_tags(order_id=order.id, tags=[\"summer\"])\n";

    fn any(test: &str) -> String {
        format!("    if any({test} for x in order.discountCodes):\n    {TAG}")
    }

    #[test]
    fn what_fits_the_words_has_the_smaller_loss() {
        let request = "if a discount code starts with SUN tag the order summer";
        let begins = of(request, None, &any("x.startswith(\"SUN\")"));
        let equals = of(request, None, &any("x == \"SUN\""));
        assert!(begins.loss + 1.0 < equals.loss, "{begins:?} {equals:?}");
        assert!(begins.regret < equals.regret);
        assert!(equals.regret <= equals.loss);
        let request = "remove the wait";
        let wait = format!("    wait(days=1)\n{TAG}");
        let gone = of(request, Some(&wait), TAG);
        let tag_gone = of(request, Some(&wait), "    wait(days=1)\n");
        assert!(gone.loss + 1.0 < tag_gone.loss, "{gone:?} {tag_gone:?}");
    }

    #[test]
    fn what_is_unlikely_is_suspected() {
        let request = "tag every order summer";
        let cancel = format!("{TAG}    cancel_order(order_id=order.id, reason=\"FRAUD\")\n");
        let suspects = of(request, None, &cancel).suspects;
        assert!(
            suspects.iter().any(|piece| piece == "cancel_order("),
            "{suspects:?}"
        );
        assert!(
            suspects.iter().all(|piece| piece != "add_order_tags("),
            "{suspects:?}"
        );
    }
}
