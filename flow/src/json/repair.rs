//! Reading the beginning of JSON that ends early or breaks off.

use serde_json::Value;

/// The value that stands before the place where reading failed, with every list and object that is
/// open there closed; `None` when nothing whole stands before it.
///
/// `line` and `column` count from 1, in bytes, as the JSON reader gives them.
pub(super) fn prefix_of(text: &str, line: usize, column: usize) -> Option<Value> {
    let before: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let mut end = (before + column).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let text = text.get(..end)?;
    // Once to find the last place where something whole ends, once more for what is open there.
    let (whole, _) = scan(text);
    let whole = text.get(..whole?)?;
    let (_, open) = scan(whole);
    let mut closed = whole.to_string();
    closed.extend(open.iter().rev());
    serde_json::from_str(&closed).ok()
}

/// The last place behind a whole item of a list or member of an object, and the brackets that
/// would close what is open at the end.
fn scan(text: &str) -> (Option<usize>, Vec<char>) {
    let mut open = Vec::new();
    let mut whole = None;
    let (mut in_text, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        if in_text {
            in_text = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        match c {
            '"' => in_text = true,
            '{' => open.push('}'),
            '[' => open.push(']'),
            '}' | ']' => {
                if open.pop() != Some(c) {
                    break;
                }
                whole = Some(at + 1);
            }
            ',' => whole = Some(at),
            _ => {}
        }
    }
    (whole, open)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(text: &str) -> Option<String> {
        let error = serde_json::from_str::<Value>(text).expect_err("it is damaged");
        prefix_of(text, error.line(), error.column()).map(|value| value.to_string())
    }

    #[test]
    fn what_is_whole_is_kept() {
        for (text, expected) in [
            (r#"{"a": [1, 2, {"b": "x"#, Some(r#"{"a":[1,2]}"#)),
            (r#"{"a": {"b": [1]}, "c"#, Some(r#"{"a":{"b":[1]}}"#)),
            (r#"{"a": "}],", "b": tru"#, Some(r#"{"a":"}],"}"#)),
            (r#"{"a": "\"", "b"#, Some(r#"{"a":"\""}"#)),
            ("{\"é\": [\n{},\n{\"x\": NaN}]}", Some(r#"{"é":[{}]}"#)),
            (r#"[1, 1e400, 3]"#, Some("[1]")),
            (r#"{"a": 1]"#, None),
            ("{", None),
            ("nothing", None),
            ("", None),
        ] {
            assert_eq!(repaired(text).as_deref(), expected, "{text}");
        }
    }
}
