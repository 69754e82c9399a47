//! Conditions: as text, and as the JSON tree that Flow's editor writes.

use flow::condition::{MAX_LENGTH, check, evaluate, explain, parse, paths, print};

use super::shop;

/// What was read is printed as a text that reads to the same condition; a correction reads, and
/// mends what it is for; any condition can be evaluated.
pub fn holds(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let expr = match parse(&text) {
        Ok(expr) => expr,
        Err(error) => {
            assert!(error.at <= text.len(), "{} lies beyond the text", error.at);
            assert!(!error.message.is_empty());
            return;
        }
    };
    let printed = print(&expr);
    // Canonical spelling is longer than what people write, and may pass the bound of what is read.
    if printed.len() <= MAX_LENGTH {
        assert_eq!(parse(&printed), Ok(expr.clone()), "printed as {printed}");
    }
    for finding in check(&expr, shop::catalog(), shop::scope()) {
        if let Some(correction) = &finding.correction {
            let corrected = parse(correction).expect("a correction reads");
            let after = check(&corrected, shop::catalog(), shop::scope());
            assert!(
                !after
                    .iter()
                    .any(|other| other.code == finding.code && other.message == finding.message),
                "{correction} still has {finding:?}"
            );
        }
    }
    let evaluation = evaluate(&expr, shop::event());
    for test in &evaluation.tests {
        assert!(!explain(test).is_empty());
    }
    let paths = paths(&expr);
    for (at, path) in paths.iter().enumerate() {
        assert!(!paths[..at].contains(path), "{path} is listed twice");
    }
}
