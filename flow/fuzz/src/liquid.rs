//! Liquid templates.

use flow::liquid::{check, is_template, paths, render};

use super::shop;

/// No text that a template makes is longer than this, in bytes.
const MAX_OUTPUT: usize = 512 * 1024;

/// Rendering is bounded and gives the same twice; a text without Liquid stays as it is; a
/// correction is no template with the same fault.
pub fn holds(data: &[u8]) {
    let template = String::from_utf8_lossy(data);
    for finding in check(&template) {
        if let Some(correction) = &finding.correction {
            assert!(
                !check(correction)
                    .iter()
                    .any(|other| other.message == finding.message),
                "{correction} still has {finding:?}"
            );
        }
    }
    let rendered = render(&template, shop::event());
    assert_eq!(rendered, render(&template, shop::event()));
    assert!(rendered.text.len() <= MAX_OUTPUT.max(template.len()));
    assert!(rendered.findings.len() <= 100);
    if !is_template(&template) {
        assert_eq!(rendered.text, template);
        assert!(rendered.findings.is_empty());
        assert!(paths(&template).is_empty());
    }
}
