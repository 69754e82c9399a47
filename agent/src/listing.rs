//! Several things named in one sentence.

/// `a`, `a and b`, `a, b and c`; `None` for none.
pub(crate) fn listing(mut named: Vec<String>) -> Option<String> {
    let last = named.pop()?;
    Some(match named.is_empty() {
        true => last,
        false => format!("{} and {last}", named.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::listing;

    #[test]
    fn things_are_listed_as_people_do() {
        let list = |named: &[&str]| listing(named.iter().map(|name| name.to_string()).collect());
        assert_eq!(list(&[]), None);
        assert_eq!(list(&["a"]).as_deref(), Some("a"));
        assert_eq!(list(&["a", "b", "c"]).as_deref(), Some("a, b and c"));
    }
}
