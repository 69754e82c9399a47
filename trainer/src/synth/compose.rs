//! Workflows put together from a trigger, tests and steps, and the sentences that ask for them.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::requests::grammar::{Bound, Phrase, VALUE_CLOSE, VALUE_OPEN, Values, expand, salt};
use crate::requests::pools::pick;

use super::library::{Action, Library, Test, Trigger, weighted};
use super::plan::{Line, Plan};

/// A test with its words.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Program text, values open.
    pub code: String,
    /// `the total is over $500`
    pub clause: String,
    /// `over $500`, after a plural noun.
    pub adjective: Option<String>,
    /// `by order total`
    pub topic: Option<String>,
    /// What follows a title with a topic: `over $500`.
    pub detail: Option<String>,
}

/// A step with its words.
#[derive(Clone, Debug)]
pub struct Done {
    pub code: String,
    pub imperative: String,
    pub slug: String,
}

/// A workflow and what asks for it.
#[derive(Clone, Debug)]
pub struct Draft {
    pub archetype: String,
    pub slice: String,
    pub installed: Vec<String>,
    pub plan: Plan,
    pub values: Values,
    /// Marked request text; empty where only the workflow matters.
    pub request: String,
}

/// The path of every object the trigger offers, put into program text.
pub fn place(code: &str, trigger: &Trigger) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    let mut before = ' ';
    'outer: while let Some(first) = rest.chars().next() {
        if !(before.is_alphanumeric() || matches!(before, '.' | '_' | '$' | '"' | '/')) {
            for (root, path) in &trigger.roots {
                if root != path
                    && rest.starts_with(root.as_str())
                    && rest[root.len()..].starts_with('.')
                {
                    out.push_str(path);
                    rest = &rest[root.len()..];
                    before = 'x';
                    continue 'outer;
                }
            }
        }
        out.push(first);
        before = first;
        rest = &rest[first.len_utf8()..];
    }
    out
}

/// A step for a trigger.
pub fn act(
    action: &Action,
    trigger: &Trigger,
    values: &mut Values,
    salted: Option<char>,
    rng: &mut ChaCha8Rng,
) -> Done {
    values.salt = salted;
    let gist_title = crate::requests::noise::capitalise(&trigger.gist);
    let code = action.code.replace("$gisttitle", &gist_title);
    let code = salt(&place(&code, trigger), values);
    let imperative =
        expand(&action.imp, values, &Bound::new(), rng).replace("unknown-gistsay", &trigger.gist);
    values.salt = None;
    Done {
        code,
        imperative,
        slug: action.slug.clone(),
    }
}

/// Steps that fit a trigger.
pub fn fitting<'a>(
    library: &'a Library,
    trigger: &Trigger,
    installed: &[String],
) -> Vec<&'a Action> {
    library
        .actions
        .iter()
        .filter(|action| match &action.connector {
            Some(connector) => installed.contains(connector),
            None => true,
        })
        .filter(|action| {
            action
                .only
                .as_ref()
                .is_none_or(|only| *only == trigger.name)
        })
        .filter(|action| {
            trigger.root(&action.root).is_some()
                || trigger.variables.contains(&action.root)
                || (action.root == "anything" && trigger.roots.is_empty())
        })
        .filter(|action| {
            !matches!(
                (action.root.as_str(), action.task.as_str()),
                ("discount", _)
            ) || trigger.variables.iter().any(|name| name == "discount")
        })
        .collect()
}

/// Tests that fit a trigger.
pub fn fitting_tests<'a>(library: &'a Library, trigger: &Trigger) -> Vec<&'a Test> {
    library
        .tests
        .iter()
        .filter(|test| test.only.as_ref().is_none_or(|only| *only == trigger.name))
        .filter(|test| trigger.root(&test.root).is_some())
        .filter(|test| !(test.kind == "items" && trigger.root("order") != Some("order")))
        .collect()
}

fn value_of(name: &str, values: &mut Values, rng: &mut ChaCha8Rng) -> String {
    let value = values.get(name, rng);
    format!("{VALUE_OPEN}{}{VALUE_CLOSE}", value.say)
}

fn one(text: &str, values: &mut Values, rng: &mut ChaCha8Rng) -> String {
    expand(&Phrase::parse(text), values, &Bound::new(), rng)
}

/// Chooses an operator and words for a test.
pub fn check(
    test: &Test,
    trigger: &Trigger,
    values: &mut Values,
    salted: char,
    rng: &mut ChaCha8Rng,
) -> Option<Checked> {
    values.salt = Some(salted);
    let checked = checked(test, values, rng);
    values.salt = None;
    checked.map(|mut checked| {
        checked.code = place(&checked.code, trigger);
        checked
    })
}

fn checked(test: &Test, values: &mut Values, rng: &mut ChaCha8Rng) -> Option<Checked> {
    let topic = test
        .block
        .joined("topic")
        .map(|text| one(&text, values, rng));
    let nouns = test.block.joined("nouns").unwrap_or_default();
    let path = &test.path;
    let value = &test.value;
    let v = format!("${value}");
    match test.kind.as_str() {
        "num" => {
            let whole = !matches!(value.as_str(), "money" | "grams");
            let noun = one(&nouns, values, rng);
            let (code, words) = match rng.random_range(0..100) {
                0..34 => (
                    format!("{path} > {v}"),
                    format!("{{over|above|more than|greater than|higher than|exceeding}} {v}"),
                ),
                34..50 => (
                    format!("{path} >= {v}"),
                    format!(
                        "{{at least {v}|{v} or more|{v} or higher|{v} and up|not less than {v}}}"
                    ),
                ),
                50..64 => (
                    format!("{path} < {v}"),
                    format!("{{under|below|less than|lower than}} {v}"),
                ),
                64..71 => (
                    format!("{path} <= {v}"),
                    format!("{{at most {v}|{v} or less|no more than {v}|up to {v}}}"),
                ),
                71..84 => {
                    let two = format!("{v}2");
                    (
                        format!("{path} >= {v} and {path} <= {two}"),
                        format!(
                            "{{between {v} and {two}|from {v} to {two}|{v} to {two}|at least {v} {{and|but}} at most {two}|between {v} and {two} (both included)|{v}-{two}|not under {v} and not over {two}}}"
                        ),
                    )
                }
                84..90 => {
                    let two = format!("{v}2");
                    (
                        format!("{path} > {v} and {path} < {two}"),
                        format!(
                            "{{over|above|more than}} {v} {{and|but}} {{under|below|less than}} {two}"
                        ),
                    )
                }
                90..93 => {
                    let two = format!("{v}2");
                    (
                        format!("{path} >= {v} and {path} < {two}"),
                        format!(
                            "{{at least {v}|{v} or more}} {{and|but}} {{under|below|less than}} {two}"
                        ),
                    )
                }
                93..96 => {
                    let two = format!("{v}2");
                    (
                        format!("{path} > {v} and {path} <= {two}"),
                        format!(
                            "{{over|above|more than}} {v} {{and|but}} {{at most|no more than|not over}} {two}"
                        ),
                    )
                }
                _ if whole => (format!("{path} == {v}"), format!("exactly {v}")),
                _ => (format!("{path} > {v}"), format!("over {v}")),
            };
            let words = one(&words, values, rng);
            let is = pick(rng, &["is", "is", "is", "'s"]);
            let clause = if rng.random_range(0..100) < 20 && test.block.get("adj").is_some() {
                format!("it's {words}")
            } else {
                format!("{noun} {is} {words}").replace(" 's", "'s")
            };
            let adjective = if test.block.get("adj").is_some() && rng.random_bool(0.7) {
                words.clone()
            } else {
                let noun = noun
                    .trim_start_matches("the ")
                    .trim_start_matches("their ")
                    .trim_start_matches("its ");
                if rng.random_bool(0.8) {
                    format!("with {noun} {words}")
                } else {
                    format!("whose {noun} is {words}")
                }
            };
            Some(Checked {
                code: salt(&code, values),
                clause,
                adjective: Some(adjective),
                topic,
                detail: Some(words),
            })
        }
        "str" => {
            let ops: Vec<&str> = test
                .block
                .get("ops")
                .unwrap_or("eq contains")
                .split_whitespace()
                .collect();
            let noun = one(&nouns, values, rng);
            let short = noun
                .trim_start_matches("the ")
                .trim_start_matches("its ")
                .trim_start_matches("their ")
                .to_string();
            let preposition = test.block.get("adj");
            let (code, words, adjective) = match pick(rng, &ops) {
                "ne" => (
                    format!("{path} != \"{v}\""),
                    format!("{{is not|isn't|is anything but|is other than}} {v}"),
                    match preposition {
                        Some(preposition) => format!("not {preposition} {v}"),
                        None => format!("whose {short} is not {v}"),
                    },
                ),
                "in" => (
                    format!("{path} in [\"{v}\", \"{v}2\"]"),
                    format!("is {{{v} or {v}2|either {v} or {v}2|one of {v}, {v}2}}"),
                    match preposition {
                        Some(preposition) => format!("{preposition} {v} {{or|and}} {v}2"),
                        None => format!("whose {short} is {v} or {v}2"),
                    },
                ),
                "nin" => (
                    format!("{path} not in [\"{v}\", \"{v}2\"]"),
                    format!(
                        "is {{neither {v} nor {v}2|not {v} or {v}2|anything but {v} and {v}2}}"
                    ),
                    match preposition {
                        Some("to") => {
                            format!("{{not going to|not shipping to|that don't go to}} {v} or {v}2")
                        }
                        Some(preposition) => format!("not {preposition} {v} or {v}2"),
                        None => format!("whose {short} is neither {v} nor {v}2"),
                    },
                ),
                "contains" => (
                    format!("\"{v}\" in {path}"),
                    format!("{{contains|includes|has|mentions}} {{the word |}}{v}"),
                    format!("{{whose {short} contains {v}|with {v} in the {short}}}"),
                ),
                "starts" => (
                    format!("{path}.startswith(\"{v}\")"),
                    format!("{{starts|begins}} with {v}"),
                    format!("whose {short} starts with {v}"),
                ),
                "ends" => (
                    format!("{path}.endswith(\"{v}\")"),
                    format!("{{ends with|ends in|is at|has the domain}} {v}"),
                    format!("{{with a {v} {short}|whose {short} ends in {v}|using {v}}}"),
                ),
                _ => (
                    format!("{path} == \"{v}\""),
                    format!("{{is|is|equals|is exactly}} {v}"),
                    match preposition {
                        Some("to") => format!("{{to|shipping to|going to|shipped to}} {v}"),
                        Some(preposition) => format!("{preposition} {v}"),
                        None => format!("{{with {short} {v}|whose {short} is {v}}}"),
                    },
                ),
            };
            let detail = value_of(value, values, rng);
            Some(Checked {
                clause: format!("{noun} {}", one(&words, values, rng)),
                adjective: Some(one(&adjective, values, rng)),
                detail: (code.contains(" == ") || code.contains("endswith")).then_some(detail),
                code: salt(&code, values),
                topic,
            })
        }
        "enum" => {
            let options: Vec<&String> = test
                .block
                .keys
                .iter()
                .filter(|key| key.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
                .collect();
            if options.is_empty() {
                return None;
            }
            let chosen = options[rng.random_range(0..options.len())];
            let clause = one(&test.block.joined(chosen).unwrap_or_default(), values, rng);
            Some(Checked {
                code: format!("{path} == \"{chosen}\""),
                clause,
                adjective: None,
                topic: None,
                detail: None,
            })
        }
        "bool" => {
            let yes = rng.random_bool(0.6);
            let key = if yes { "yes" } else { "no" };
            let clause = one(&test.block.joined(key).unwrap_or_default(), values, rng);
            Some(Checked {
                code: format!("{path} == {}", if yes { "True" } else { "False" }),
                clause,
                adjective: None,
                topic: None,
                detail: None,
            })
        }
        "tags" => {
            let noun = one(&nouns, values, rng);
            let has = rng.random_bool(0.68);
            let two = rng.random_range(0..100) < 10;
            let (quantifier, body, clause, adjective) = match (has, two) {
                (true, false) => (
                    "any",
                    "x == \"$tag\"".to_string(),
                    format!("{noun} {{is tagged|has the tag|is tagged with|carries the tag}} $tag"),
                    "{tagged|with the tag|that are tagged} $tag".to_string(),
                ),
                (true, true) => (
                    "any",
                    "x == \"$tag\" or x == \"$tag2\"".to_string(),
                    format!("{noun} {{is tagged|has the tag}} $tag or $tag2"),
                    "{tagged|with the tag} $tag or $tag2".to_string(),
                ),
                (false, true) => (
                    "none",
                    "x == \"$tag\" or x == \"$tag2\"".to_string(),
                    format!("{noun} {{has neither the tag $tag nor $tag2|is tagged neither $tag nor $tag2|is not tagged $tag or $tag2}}"),
                    "{with neither the tag $tag nor $tag2|not tagged $tag or $tag2|without the tags $tag and $tag2}".to_string(),
                ),
                (false, _) => (
                    "none",
                    "x == \"$tag\"".to_string(),
                    format!("{noun} {{is not tagged|isn't tagged|doesn't have the tag|does not have the tag|has no tag}} $tag"),
                    "{without|not having|that lack} the tag $tag|{not tagged|that aren't tagged} $tag".to_string(),
                ),
            };
            Some(Checked {
                clause: one(&clause, values, rng),
                adjective: (!path.starts_with("order.customer"))
                    .then(|| one(&adjective, values, rng)),
                code: salt(&format!("{quantifier}({body} for x in {path})"), values),
                topic,
                detail: None,
            })
        }
        "items" | "itemtags" => {
            let shown = value_of(value, values, rng);
            let bound = Bound::from([("v", shown.clone())]);
            let none = rng.random_range(0..100) < 8;
            let inner = if test.kind == "itemtags" {
                format!("any(y == \"{v}\" for y in x.{path})")
            } else {
                format!("x.{path} == \"{v}\"")
            };
            let quantifier = if none { "none" } else { "any" };
            let phrase = |key: &str, values: &mut Values, rng: &mut ChaCha8Rng| {
                expand(
                    &Phrase::parse(&test.block.joined(key).unwrap_or_default()),
                    values,
                    &bound,
                    rng,
                )
            };
            let clause = if none {
                format!(
                    "it {} {shown}",
                    pick(
                        rng,
                        &[
                            "doesn't contain anything with",
                            "has no item with",
                            "contains nothing with"
                        ]
                    )
                )
            } else if rng.random_bool(0.6) {
                format!(
                    "{} {}",
                    pick(rng, &["it", "the order", "the order"]),
                    phrase("has", values, rng)
                )
            } else {
                format!(
                    "{} {}",
                    pick(rng, &["someone", "the customer", "a customer"]),
                    phrase("buys", values, rng)
                )
            };
            let with = phrase("with", values, rng);
            let what = words_of(path.rsplit('.').next().unwrap_or(path));
            Some(Checked {
                clause: if none {
                    clause.replace("with", &format!("with {what}"))
                } else {
                    clause
                },
                adjective: (!none).then_some(with),
                code: salt(
                    &format!("{quantifier}({inner} for x in order.lineItems)"),
                    values,
                ),
                topic,
                detail: (!none).then_some(shown),
            })
        }
        "test" => {
            let code = test.block.get("code")?.to_string();
            let clause = one(&test.block.joined("if")?, values, rng);
            Some(Checked {
                adjective: test.block.joined("adj").map(|text| one(&text, values, rng)),
                clause,
                code: salt(&code, values),
                topic,
                detail: None,
            })
        }
        _ => None,
    }
}

/// `displayFinancialStatus` as words.
fn words_of(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push(' ');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// Sentences that say everything: `<when>`, `<if>` (a list of tests), `<imp>` and `<else>`.
const WHOLE: &[&str] = &[
    "{When|Whenever|Every time|Each time|As soon as|Once} <when>, <imp>",
    "{when|whenever|if} <when> then <imp>",
    "<imp> {when|whenever|every time|each time|as soon as} <when>",
    "{can you|could you|please|pls} <imp> {when|whenever} <when>{?|}",
    "{I want to|I'd like to|we want to|we need to|I need to} <imp> {when|whenever} <when>",
    "{set up|make|build|create} {a flow|a workflow|an automation|something} {to|that will} <imp> {when|whenever} <when>",
    "<when> -> <imp>",
    "{hey|hi|hello}, {when|whenever} <when> {I want you to|please} <imp>. {thanks|thank you|cheers|}",
    "{I'd like it so that|can you make it so that|make sure that} {when|whenever} <when> we <imp>",
    "{trigger|start}: <when>. {action|then}: <imp>",
    "{if|when} <when>, {please |}<imp> {automatically|right away|}",
    "{my team keeps forgetting this, so|we do this by hand today:|every day we do this manually.} {when|whenever} <when>, <imp>",
    "{for every|on every} case where <when>: <imp>",
    "{automatically|auto} <imp> {when|whenever} <when>",
];

const CHECKED: &[&str] = &[
    "{When|Whenever|Every time|If|As soon as} <when> and <if>, <imp>",
    "{when|if} <when> and <if> then <imp>",
    "<imp> {when|whenever|if} <when> and <if>",
    "<imp> if <if>, {when|whenever|every time} <when>",
    "{can you|could you|please} <imp> {when|whenever} <when> and <if>{?|}",
    "{I want to|we want to|I'd like to} <imp> {when|whenever} <when>, but only if <if>",
    "when <when>, check {if|whether} <if>. If {so|yes|that's the case}, <imp>",
    "when <when>: if <if>, <imp>",
    "{set up|make|build|create} {a flow|a workflow|an automation} that {checks|looks} {if|whether} <if> when <when> and then <imp>",
    "<when>, <if> -> <imp>",
    "trigger: <when>. condition: <if>. action: <imp>",
    "{I'd like it so that|can you make it so that} {when|if} <when> and <if>, we <imp>",
    "only if <if>: <imp>, {when|whenever} <when>",
    "if <if> when <when>, {please |}<imp>",
    "{we do this by hand today and it's annoying|this takes us hours}. when <when> and <if>, <imp>. {that's it|thanks|}",
    "{hi|hello|hey}! {when|whenever} <when>, please <imp>, but only when <if>. {thanks|thank you!|}",
];

/// For tests on a new order, which needs no mention.
const IMPLIED: &[&str] = &[
    "if <if>, <imp>",
    "<imp> {if|when} <if>",
    "{when|whenever} <if>, <imp>",
    "{can you|please|could you} <imp> {if|when} <if>",
    "{order where|for orders where} <if>: <imp>",
    "{I want to|we'd like to} <imp> if <if>",
];

const OTHERWISE: &[&str] = &[
    ", {otherwise|else|if not|if it's not} <else>",
    ". {Otherwise|If not|In all other cases|Else} <else>",
    "; otherwise <else>",
    " and <else> {otherwise|if not}",
    ", for all {others|the others} <else>",
];

/// What a request speaks of.
struct Asked<'a> {
    trigger: &'a Trigger,
    checks: &'a [Checked],
    /// One of the tests is enough.
    either: bool,
    steps: &'a [Done],
    /// Steps of the other branch.
    others: &'a [Done],
    first: &'a Action,
    wait: Option<&'a str>,
}

/// Puts the request of a composed workflow together.
fn ask(library: &Library, asked: &Asked<'_>, values: &mut Values, rng: &mut ChaCha8Rng) -> String {
    let Asked {
        trigger,
        checks,
        either,
        steps,
        others,
        first,
        wait,
    } = *asked;
    let when = expand(&trigger.when, values, &Bound::new(), rng);
    let clause = checks
        .iter()
        .map(|check| check.clause.clone())
        .collect::<Vec<_>>()
        .join(if either { " or " } else { " and " });
    let mut imperative = steps
        .iter()
        .map(|step| step.imperative.clone())
        .collect::<Vec<_>>()
        .join(pick(
            rng,
            &[" and ", " and ", ", then ", " and also ", " and then "],
        ));
    if let Some(wait) = wait {
        imperative = if rng.random_bool(0.5) {
            format!("wait {wait} and then {imperative}")
        } else {
            format!("{imperative} {wait} later")
        };
    }
    let otherwise = others
        .iter()
        .map(|step| step.imperative.clone())
        .collect::<Vec<_>>()
        .join(" and ");
    // A title, as people name automations: short, no conjunctions.
    let title = if trigger.about_customers() {
        first.customer_title.as_ref()
    } else {
        first.title.as_ref().or(if trigger.root("order").is_some() {
            None
        } else {
            first.customer_title.as_ref()
        })
    };
    let can_title = wait.is_none() && steps.len() == 1 && others.is_empty() && checks.len() <= 1;
    if let Some(title) = title.filter(|_| can_title && rng.random_bool(0.5)) {
        let mut nouns = expand(&trigger.nouns, values, &Bound::new(), rng);
        let tagging = first.task.starts_with("add_")
            && first.task.ends_with("_tags")
            && first.key.split(' ').count() == 2;
        match checks.first() {
            None => {}
            Some(check) => {
                if let (Some(topic), Some(detail), true) = (
                    &check.topic,
                    &check.detail,
                    tagging && rng.random_bool(0.35),
                ) {
                    // `tag orders by total: over $500 gets VIP`
                    values.salt = Some('0');
                    let tag = value_of("tag", values, rng);
                    values.salt = None;
                    let verb = pick(rng, &["tag", "auto-tag", "label", "automatically tag"]);
                    let objects = if first.task.contains("customer") && !trigger.about_customers() {
                        "customers".to_string()
                    } else {
                        nouns
                    };
                    let gets = pick(
                        rng,
                        &[
                            "gets",
                            "gets",
                            "get",
                            "->",
                            "is",
                            "should get",
                            "becomes",
                            "=",
                        ],
                    );
                    return format!("{verb} {objects} {topic}: {detail} {gets} {tag}");
                }
                if let Some(adjective) = &check.adjective {
                    nouns = format!("{nouns} {adjective}");
                } else {
                    nouns = format!(
                        "{nouns} {} {}",
                        pick(rng, &["if", "when", "where"]),
                        check.clause
                    );
                }
            }
        }
        let bound = Bound::from([("obj", nouns)]);
        // Titles share the salt of the first step.
        values.salt = Some('0');
        let text = expand(title, values, &bound, rng);
        values.salt = None;
        return framed(&library.title_frames, 50, &text, rng);
    }
    let default_trigger = matches!(trigger.name.as_str(), "order_created");
    let pattern = if checks.is_empty() {
        pick(rng, WHOLE)
    } else if default_trigger && rng.random_bool(0.35) {
        pick(rng, IMPLIED)
    } else {
        pick(rng, CHECKED)
    };
    let bound = Bound::from([
        ("when", when),
        ("if", clause),
        ("imp", imperative),
        ("else", otherwise.clone()),
    ]);
    let mut text = expand(&Phrase::parse(pattern), values, &bound, rng);
    if !others.is_empty() {
        let end = expand(&Phrase::parse(pick(rng, OTHERWISE)), values, &bound, rng);
        text = format!("{}{end}", text.trim_end_matches(['.', '?', '!', ' ']));
    }
    framed(&library.frames, 16, &text, rng)
}

/// A request with something around it, so many times of a hundred.
fn framed(frames: &Phrase, percent: u32, text: &str, rng: &mut ChaCha8Rng) -> String {
    if rng.random_range(0..100) >= percent {
        return text.to_string();
    }
    let ended = text.ends_with(['.', '?', '!']);
    let mark = "<t>".to_string();
    let bound = Bound::from([("t", mark.clone())]);
    let mut frame = expand(frames, &mut Values::default(), &bound, rng);
    // One mark at the end of a sentence is enough.
    if ended {
        for sign in ['.', '!', '?'] {
            while frame.contains(&format!("<t>{sign}")) {
                frame = frame.replace(&format!("<t>{sign}"), "<t>");
            }
        }
    }
    let text = if frame.contains("<t>,") {
        text.trim_end_matches(['.', '?', '!'])
    } else {
        text
    };
    frame.replace(&mark, text)
}

/// How a composed workflow is shaped.
#[derive(Clone, Debug, Default)]
pub struct Shape {
    /// Fixed trigger, by name.
    pub trigger: Option<String>,
    /// Fixed first step, by key.
    pub action: Option<String>,
    pub connectors: bool,
    pub email: bool,
    pub checks: Option<usize>,
    /// No connectors, no waits, simple steps: a base for edits.
    pub plain: bool,
}

/// Puts a workflow together. `None` when the draw does not fit; draw again.
pub fn compose(library: &Library, shape: &Shape, rng: &mut ChaCha8Rng) -> Option<Draft> {
    let mut values = Values::default();
    let mut installed: Vec<String> = Vec::new();
    let forced = shape
        .action
        .as_ref()
        .and_then(|key| library.actions.iter().find(|action| action.key == *key));
    if let Some(connector) = forced.and_then(|action| action.connector.clone()) {
        installed.push(connector);
    }
    if shape.connectors && installed.is_empty() {
        let apps = [
            "Slack",
            "Google Sheets",
            "Asana",
            "Trello",
            "Twilio",
            "Klaviyo",
            "Gorgias",
            "Zendesk",
            "LoyaltyLion",
            "Mailchimp",
        ];
        let with_own = [
            "dotdigital",
            "Appy Stamp",
            "Account Editor",
            "Customer email app",
        ];
        installed.push(match rng.random_range(0..100) {
            0..50 => pick(rng, &apps).to_string(),
            50..60 => pick(rng, &with_own).to_string(),
            _ => library.apps[rng.random_range(0..library.apps.len())]
                .name
                .clone(),
        });
        if rng.random_bool(0.3) {
            let other = pick(rng, &apps).to_string();
            if !installed.contains(&other) {
                installed.push(other);
            }
        }
    }
    let triggers: Vec<&Trigger> = library
        .triggers
        .iter()
        .filter(|trigger| match &shape.trigger {
            Some(name) => trigger.name == *name,
            None => trigger.connector.is_none(),
        })
        .filter(|trigger| match forced {
            Some(action) => {
                trigger.root(&action.root).is_some()
                    || trigger.variables.contains(&action.root)
                    || (action.root == "anything" && trigger.roots.is_empty())
            }
            None => true,
        })
        .filter(|trigger| {
            forced
                .and_then(|action| action.only.as_ref())
                .is_none_or(|only| trigger.name == *only)
        })
        // One that gives a step of the connectors what it needs.
        .filter(|trigger| {
            !shape.connectors
                || library.actions.iter().any(|action| {
                    action
                        .connector
                        .as_ref()
                        .is_some_and(|connector| installed.contains(connector))
                        && trigger.root(&action.root).is_some()
                })
        })
        .collect();
    let trigger = weighted(rng, &triggers, |trigger| trigger.weight)?;
    if let Some(connector) = &trigger.connector
        && !installed.contains(connector)
    {
        installed.push(connector.clone());
    }
    let fitting = fitting(library, trigger, &installed);
    let pool: Vec<&Action> = fitting
        .iter()
        .copied()
        .filter(|action| !shape.connectors || action.connector.is_some())
        .filter(|action| !shape.email || action.task == "send_email")
        .collect();
    let first = match forced {
        Some(action) => action,
        None => weighted(rng, &pool, |action| action.weight)?,
    };
    let others_fit: Vec<&Action> = fitting
        .iter()
        .copied()
        .filter(|action| action.task != first.task)
        .filter(|action| action.connector.is_none())
        .collect();
    let plain = shape.plain;
    let mut chosen = vec![first];
    let extra = match rng.random_range(0..100) {
        0..70 => 0,
        70..95 => 1,
        _ => 2,
    };
    let extra = if plain {
        extra.max(usize::from(rng.random_bool(0.45)))
    } else {
        extra
    };
    for _ in 0..extra {
        if let Some(action) = weighted(rng, &others_fit, |action| action.weight)
            && !chosen.iter().any(|known| known.task == action.task)
        {
            chosen.push(action);
        }
    }
    let tests = fitting_tests(library, trigger);
    let wanted = shape.checks.unwrap_or(match rng.random_range(0..100) {
        0..30 => 0,
        30..84 => 1,
        _ => 2,
    });
    let mut checks: Vec<Checked> = Vec::new();
    let mut taken: Vec<&str> = Vec::new();
    for at in 0..wanted {
        let Some(test) = weighted(rng, &tests, |test| test.weight) else {
            break;
        };
        if taken.contains(&test.path.as_str()) {
            continue;
        }
        let salted = ['5', '6', '7'][at];
        if let Some(check) = check(test, trigger, &mut values, salted, rng) {
            taken.push(&test.path);
            checks.push(check);
        }
    }
    let either = checks.len() > 1
        && rng.random_bool(0.25)
        && checks.iter().all(|check| !check.code.contains(" and "));
    let steps: Vec<Done> = chosen
        .iter()
        .enumerate()
        .map(|(at, action)| act(action, trigger, &mut values, Some(['0', '1', '3'][at]), rng))
        .collect();
    let mut others: Vec<Done> = Vec::new();
    if !checks.is_empty() && !plain && rng.random_bool(0.13) {
        let mut both = others_fit.clone();
        both.push(first);
        if let Some(action) = weighted(rng, &both, |action| action.weight) {
            others.push(act(action, trigger, &mut values, Some('8'), rng));
        }
    }
    let wait = (!shape.connectors
        && others.is_empty()
        && rng.random_bool(if plain { 0.12 } else { 0.06 }))
    .then(|| {
        let value = values.get("dur", rng);
        format!("{VALUE_OPEN}{}{VALUE_CLOSE}", value.say)
    });
    let asked = Asked {
        trigger,
        checks: &checks,
        either,
        steps: &steps,
        others: &others,
        first,
        wait: wait.as_deref(),
    };
    let request = ask(library, &asked, &mut values, rng);

    let mut lines = Vec::new();
    let head = if trigger.arguments.is_empty() {
        format!("@{}", trigger.name)
    } else {
        format!("@{}({})", trigger.name, trigger.arguments)
    };
    lines.push(Line::new(0, head));
    lines.push(Line::new(
        0,
        format!("def {}({}):", steps[0].slug, trigger.variables.join(", ")),
    ));
    let mut indent = 1;
    if wait.is_some() {
        lines.push(Line::new(1, "wait($dur)"));
    }
    if !checks.is_empty() {
        let joined = join(&checks, either);
        lines.push(Line::new(1, format!("if {joined}:")));
        indent = 2;
    }
    for step in &steps {
        lines.push(Line::new(indent, step.code.clone()));
    }
    if !others.is_empty() {
        lines.push(Line::new(1, "else:"));
        for step in &others {
            lines.push(Line::new(2, step.code.clone()));
        }
    }
    let plan = Plan { lines };

    let slice = if !installed.is_empty() {
        "third_party"
    } else if first.task == "send_email" || first.task == "send_marketing_email" {
        "email"
    } else if wait.is_some() {
        "schedule"
    } else if !checks.is_empty() {
        "condition"
    } else {
        "create"
    };
    Some(Draft {
        archetype: format!("compose/{}", first.task),
        slice: slice.to_string(),
        installed,
        plan,
        values,
        request,
    })
}

fn join(checks: &[Checked], either: bool) -> String {
    let word = if either { " or " } else { " and " };
    checks
        .iter()
        .map(|check| check.code.as_str())
        .collect::<Vec<_>>()
        .join(word)
}

/// When a schedule runs: decorator arguments, and ways to say it.
const SCHEDULES: &[(&str, &str)] = &[
    (
        "every=\"day\", at=\"$time\"",
        "{every day|daily|each day} at $time|{every single day|day by day|each day} at $time",
    ),
    (
        "every=\"day\", at=\"$time\"",
        "every day at $time|daily, $time",
    ),
    (
        "every=\"week\", on=[\"$weekday\"], at=\"$time\"",
        "{every|each} $weekday at $time|weekly on $weekday at $time|on {$weekday|every $weekday} at $time",
    ),
    (
        "every=\"week\", on=[\"MO\", \"TU\", \"WE\", \"TH\", \"FR\"], at=\"$time\"",
        "{every weekday|on weekdays|Monday to Friday|every working day} at $time",
    ),
    (
        "every=\"week\", on=[\"SA\", \"SU\"], at=\"$time\"",
        "{every weekend day|on weekends|Saturdays and Sundays} at $time",
    ),
    ("every=\"hour\"", "{every hour|hourly|once an hour}"),
    (
        "every=\"month\", on=[$monthday], at=\"$time\"",
        "on the $monthday of {every|each} month at $time",
    ),
];

/// A schedule that looks something up and does something with each result.
pub fn scheduled(library: &Library, rng: &mut ChaCha8Rng) -> Option<Draft> {
    let mut values = Values::default();
    let searches: Vec<&super::library::Search> = library.searches.iter().collect();
    let search = weighted(rng, &searches, |search| search.weight)?;
    let output = library
        .catalog
        .task_named(&search.task)?
        .output()?
        .name
        .clone();
    let (arguments, when) = SCHEDULES[rng.random_range(0..SCHEDULES.len())];
    let when = one(when, &mut values, rng);
    let nouns = expand(&search.nouns, &mut values, &Bound::new(), rng);
    // Inside the loop an object is `item` in paths and Flow's own name in Liquid.
    let trigger = Trigger {
        name: "scheduled_time".to_string(),
        label: "Scheduled time".to_string(),
        weight: 1,
        roots: vec![(search.root.clone(), "item".to_string())],
        variables: Vec::new(),
        arguments: String::new(),
        when: Phrase::Text(String::new()),
        nouns: Phrase::Text(String::new()),
        gist: String::new(),
        connector: None,
    };
    let actions: Vec<&Action> = fitting(library, &trigger, &[])
        .into_iter()
        .filter(|action| action.title.is_some() || action.customer_title.is_some())
        .filter(|action| action.only.is_none() && !action.code.contains("{{"))
        .collect();
    let action = weighted(rng, &actions, |action| action.weight)?;
    let done = act(action, &trigger, &mut values, Some('0'), rng);
    let title = if search.root == "customer" {
        action.customer_title.as_ref()
    } else {
        action.title.as_ref()
    }?;
    let bound = Bound::from([("obj", nouns.clone())]);
    values.salt = Some('0');
    let title = expand(title, &mut values, &bound, rng);
    values.salt = None;
    let request = match rng.random_range(0..6) {
        0 => format!("{when} {title}"),
        1 => format!("{title}, {when}"),
        2 => format!("{title} {when}"),
        3 => format!("{when}, find {nouns} and {} for each", done.imperative),
        4 => format!("run this {when}: {title}"),
        _ => format!("{when}: {title}"),
    };
    let request = framed(&library.frames, 22, &request, rng);
    let lines = vec![
        Line::new(0, format!("@scheduled_time({arguments})")),
        Line::new(0, format!("def {}_on_schedule():", done.slug)),
        Line::new(
            1,
            format!(
                "{output} = {}(query=\"{}\", max_root_records=100)",
                search.task, search.query
            ),
        ),
        Line::new(1, format!("for item in {output}:")),
        Line::new(2, done.code.clone()),
    ];
    Some(Draft {
        archetype: format!("scheduled/{}", search.task),
        slice: if rng.random_bool(0.2) {
            "loop"
        } else {
            "schedule"
        }
        .to_string(),
        installed: Vec::new(),
        plan: Plan { lines },
        values,
        request,
    })
}

/// One of the written-out workflows.
pub fn archetype(library: &Library, rng: &mut ChaCha8Rng) -> Option<Draft> {
    let all: Vec<&super::library::Archetype> = library.archetypes.iter().collect();
    let archetype = weighted(rng, &all, |archetype| archetype.weight)?;
    let mut values = Values::default();
    let text = expand(&archetype.say, &mut values, &Bound::new(), rng);
    let request = framed(&library.frames, 38, &text, rng);
    Some(Draft {
        archetype: format!("flow/{}", archetype.name),
        slice: archetype.slice.clone(),
        installed: archetype.connectors.clone(),
        plan: Plan::read(&archetype.code),
        values,
        request,
    })
}
