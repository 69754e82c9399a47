//! What can be said of the script of `Run code` without a JavaScript engine: whether its brackets,
//! texts and comments close, whether it exports a function, and whether it uses what Flow has not.
//!
//! Source: skill `special-tasks`, section on Run code.

/// Words of things that Flow's scripts do not have.
const MISSING: [&str; 9] = [
    "async",
    "await",
    "Promise",
    "fetch",
    "XMLHttpRequest",
    "setTimeout",
    "setInterval",
    "require",
    "import",
];

/// What is wrong with a script; `None` when nothing is seen.
pub(super) fn check(script: &str) -> Option<String> {
    let words = match words(script) {
        Ok(words) => words,
        Err(message) => return Some(message),
    };
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    if !has("export") || !has("default") {
        return Some(
            "The code has no main function; begin it with export default function main(input)."
                .to_string(),
        );
    }
    MISSING
        .into_iter()
        .find(|missing| has(missing))
        .map(|missing| format!("Code in Flow has no {missing}: no network, no waiting and no imports; do it without."))
}

/// The words of the code outside of texts and comments, without those behind a point.
fn words(script: &str) -> Result<Vec<String>, String> {
    let mut words: Vec<String> = Vec::new();
    // The closing bracket of everything that is open; '`' for a text with `${…}` in it.
    let mut open: Vec<char> = Vec::new();
    let mut chars = script.chars().peekable();
    let mut last = '\0';
    while let Some(c) = chars.next() {
        if open.last() == Some(&'`') {
            match c {
                '\\' => {
                    chars.next();
                }
                '`' => {
                    open.pop();
                    last = '`';
                }
                '$' if chars.next_if_eq(&'{').is_some() => open.push('}'),
                _ => {}
            }
            continue;
        }
        match c {
            '/' if chars.next_if_eq(&'/').is_some() => {
                while chars.next_if(|c| *c != '\n').is_some() {}
                continue;
            }
            '/' if chars.next_if_eq(&'*').is_some() => {
                let mut before = ' ';
                loop {
                    match chars.next() {
                        Some('/') if before == '*' => break,
                        Some(c) => before = c,
                        None => return Err("A comment of the code is never closed; add */.".into()),
                    }
                }
                continue;
            }
            '/' if begins_pattern(last, &words) => {
                let mut in_class = false;
                loop {
                    match chars.next() {
                        Some('\\') => {
                            chars.next();
                        }
                        Some('[') => in_class = true,
                        Some(']') => in_class = false,
                        Some('/') if !in_class => break,
                        Some('\n') | None => {
                            return Err("A pattern of the code is never closed; add /.".into());
                        }
                        Some(_) => {}
                    }
                }
            }
            '\'' | '"' => loop {
                match chars.next() {
                    Some('\\') => {
                        chars.next();
                    }
                    Some('\n') | None => {
                        return Err(format!("A text of the code is never closed; add {c}."));
                    }
                    Some(end) if end == c => break,
                    Some(_) => {}
                }
            },
            '`' => open.push('`'),
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' if open.pop() != Some(c) => {
                return Err(format!(
                    "A {c} of the code closes nothing; remove it, or open it before."
                ));
            }
            c if c.is_alphanumeric() || c == '_' || c == '$' => {
                let mut word = c.to_string();
                while let Some(c) = chars.next_if(|c| c.is_alphanumeric() || *c == '_' || *c == '$')
                {
                    word.push(c);
                }
                if last != '.' {
                    words.push(word);
                }
            }
            _ => {}
        }
        if !c.is_whitespace() {
            last = c;
        }
    }
    match open.pop() {
        Some(close) => Err(format!(
            "Something in the code is never closed; add {close}."
        )),
        None => Ok(words),
    }
}

/// Whether a slash begins a pattern, and does not divide: behind a value it divides.
fn begins_pattern(last: char, words: &[String]) -> bool {
    if last.is_alphanumeric() || last == '_' || last == '$' {
        return words.last().is_some_and(|word| {
            matches!(word.as_str(), "return" | "typeof" | "case" | "in" | "of")
        });
    }
    !matches!(last, ')' | ']' | '}' | '"' | '\'' | '`' | '/')
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn scripts_are_looked_through() {
        let main = |body: &str| format!("export default function main(input) {{ {body} }}");
        for (script, expected) in [
            (main("return { a: 1 };"), ""),
            (
                main(
                    "const s = 'it\\'s (' + \"}\" + `a ${[1].map(x => `${x}`)} }`; // (\n/* { */ return {s};",
                ),
                "",
            ),
            (
                main("return { a: input.a.replace(/[/)}]+\\//g, '') / 2 / 3 };"),
                "",
            ),
            (
                main("return { fetch: 1, a: input.import, b: 'await' };").replace("fetch:", "get:"),
                "",
            ),
            (
                "const main = input => ({});\nexport { main as default };".to_string(),
                "",
            ),
            (main("return { a: 1 ;"), "never closed"),
            (main("return (1];"), "closes nothing"),
            (main("return 'a;"), "text of the code"),
            (main("/* a"), "comment of the code"),
            (main("return `a ${1;"), "never closed"),
            (
                "function main(input) { return {}; }".to_string(),
                "export default",
            ),
            (String::new(), "export default"),
            (
                main("const a = await fetch('x'); return a;"),
                "has no await",
            ),
            (main("setTimeout(() => 1, 5);"), "has no setTimeout"),
            (format!("import x from 'y';\n{}", main("")), "has no import"),
            ("(".repeat(100_000), "never closed"),
        ] {
            let found = check(&script).unwrap_or_default();
            assert_eq!(found.is_empty(), expected.is_empty(), "{script}: {found}");
            assert!(found.contains(expected), "{script}: {found}");
        }
    }
}
