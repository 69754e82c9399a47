//! Programs: whole, and arriving in pieces.

use flow::python::{Incremental, Parsed, merge, parse, print};
use flow::workflow::{Link, Step};

use super::shop;

/// Pieces draw what the whole text gives; printing what was read is stable, and loses nothing.
///
/// What follows the first NUL of the input gives the lengths of the pieces, in characters.
pub fn holds(data: &[u8]) {
    let (text, cuts) = match data.iter().position(|byte| *byte == 0) {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[][..]),
    };
    let text = String::from_utf8_lossy(text);
    let catalog = shop::few_tasks();
    let whole = parse(&text, catalog);
    arrives(&text, cuts, &whole);

    let printed = print(&whole.workflow, catalog);
    let again = parse(&printed, catalog);
    assert_eq!(
        print(&again.workflow, catalog),
        printed,
        "read from {text:?}"
    );
    assert_eq!(
        merge(&whole.workflow, again, catalog),
        whole.workflow,
        "printed as {printed}"
    );
}

/// Reads the text in pieces and compares with the whole.
fn arrives(text: &str, cuts: &[u8], whole: &Parsed) {
    let mut incremental = Incremental::new(shop::few_tasks().clone());
    let mut drawn = Vec::new();
    let mut lengths = cuts.iter().map(|cut| usize::from(*cut) + 1).cycle();
    let mut rest = text;
    while !rest.is_empty() {
        let length = lengths.next().unwrap_or(7);
        let end = rest
            .char_indices()
            .nth(length)
            .map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(end);
        drawn.extend(incremental.push(piece));
        rest = after;
    }
    let (last, parsed) = incremental.finish();
    drawn.extend(last);
    assert_eq!(&parsed, whole);
    let steps: Vec<&Step> = drawn.iter().map(|drawn| &drawn.step).collect();
    assert_eq!(steps, whole.workflow.steps.iter().collect::<Vec<_>>());
    for link in drawn.iter().flat_map(|drawn| &drawn.links) {
        let known: &[Link] = &whole.workflow.links;
        assert!(known.contains(link), "{link:?} is not in the whole");
    }
}
