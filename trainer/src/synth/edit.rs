//! Edits of an existing workflow: one thing changes, every other line stays byte for byte.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::requests::grammar::{Bound, Phrase, VALUE_CLOSE, VALUE_OPEN, Values, expand, salt};
use crate::requests::pools::{self, pick};

use super::compose::{self, Draft, act, check, fitting, fitting_tests};
use super::library::{Action, Library, Trigger, Written, weighted};
use super::plan::{Kind, Line, Plan};
use super::refer;

/// A workflow, what should change, and the workflow afterwards.
#[derive(Clone, Debug)]
pub struct Edit {
    pub kind: String,
    pub before: Plan,
    pub after: Plan,
    pub values_before: Values,
    pub values_after: Values,
    pub installed: Vec<String>,
    /// Marked request text.
    pub request: String,
}

/// How merchants ask for another value, by its kind. `<new>` and `<old>` are the values.
const CHANGES: &[(&str, &str)] = &[
    (
        "money",
        "{change|set} the {limit|threshold|amount|value} to <new>|make it <new> {instead of|not|rather than} <old>|<new> instead of <old>|{the limit|the threshold} should be <new>|use <new> as the {limit|threshold}{, nothing else changes|}|{bump|move} the {limit|threshold|amount} to <new>|change <old> to <new>|{it's|we decided on} <new> now|let's go with <new> instead",
    ),
    (
        "orders",
        "{change|set} the {number of orders|order count|count} to <new>|<new> orders {instead of|not} <old>|make it <new> orders|change <old> to <new>|from <new> orders on, not <old>",
    ),
    (
        "qty",
        "{change|set} the {quantity|number|limit} to <new>|<new> {instead of|not} <old>|make it <new>|change <old> to <new>",
    ),
    (
        "stock",
        "{change|set} the {stock level|threshold|limit} to <new>|<new> {instead of|not} <old>|make it <new>{ pieces|}|warn {us |}at <new> {instead of|not} <old>",
    ),
    (
        "count",
        "{change|set} the {number|limit} to <new>|<new> {instead of|not} <old>|make it <new>",
    ),
    (
        "rating",
        "{change|set} the {stars|rating} to <new>|<new> stars {instead of|not} <old>",
    ),
    (
        "points",
        "give <new> points {instead of|not} <old>|<new> points instead|change the points to <new>",
    ),
    (
        "grams",
        "{change|set} the weight to <new>|<new> {instead of|not} <old>|make it <new>",
    ),
    (
        "tag",
        "{use|make it|call it} the tag <new> instead{ of <old>|}|{rename|change} the tag {from <old> |<old> |}to <new>|the tag should be <new>{, not <old>|}|<new> instead of <old>|tag {it|them} <new> {instead of|not} <old>|replace <old> with <new>",
    ),
    (
        "email",
        "send it to <new> instead{ of <old>|}|{change|switch} the {address|email|recipient|email address} to <new>|{email|mail|notify} <new> {instead of|not} <old>|the {mail|email|notification} should go to <new>{ instead|}|<new> {instead of|not} <old>|{it|the mail} {has to|must} go to <new> from now on",
    ),
    (
        "dur",
        "wait <new> instead{ of <old>|}|<new> {instead of|not} <old>|{change|set} the {wait|delay|waiting time} to <new>|make {the wait|it} <new>|{wait only|just wait} <new>|the {wait|delay} should be <new>",
    ),
    (
        "span",
        "<new> instead of <old>|{change|set} {it|the period|the time} to <new>|make it <new>",
    ),
    (
        "country",
        "<new> instead of <old>|{change|switch} the country to <new>|use <new> {instead of|not} <old>|it's for <new>, not <old>",
    ),
    (
        "province",
        "<new> instead of <old>|{change|switch} it to <new>",
    ),
    (
        "vendor",
        "<new> instead of <old>|{change|switch} the vendor to <new>|it's for {products from |}<new>, not <old>",
    ),
    (
        "ptype",
        "<new> instead of <old>|{change|switch} the {product type|type} to <new>",
    ),
    (
        "sku",
        "<new> instead of <old>|{change|switch} the SKU to <new>|it's for SKU <new>, not <old>",
    ),
    (
        "code",
        "<new> instead of <old>|{change|switch} the {code|discount code} to <new>",
    ),
    (
        "gateway",
        "<new> instead of <old>|{change|switch} the payment method to <new>",
    ),
    (
        "shipping",
        "<new> instead of <old>|{change|switch} the shipping method to <new>",
    ),
    (
        "maildomain",
        "<new> instead of <old>|{change|switch} the domain to <new>",
    ),
    (
        "word",
        "<new> instead of <old>|{change|switch} {the word |}<old> to <new>",
    ),
    (
        "note",
        "{change|set} the note to <new>|the note should say <new>|write <new> instead",
    ),
    (
        "subject",
        "{change|set} the subject to <new>|the subject should be <new>|subject: <new>",
    ),
    (
        "channel",
        "post {it |}to <new> instead{ of <old>|}|{change|switch} the channel to <new>|<new> {instead of|not} <old>",
    ),
    (
        "time",
        "{run it |}at <new> instead{ of <old>|}|{change|move} it to <new>|{start|run} at <new>|<new> {instead of|not} <old>",
    ),
    (
        "weekday",
        "{run it |}on <new> instead{ of <old>|}|{change|move} it to <new>|<new> {instead of|not} <old>",
    ),
    (
        "url",
        "{change|switch} the {URL|url|address} to <new>|post to <new> instead|use <new>",
    ),
    (
        "phone",
        "text <new> instead{ of <old>|}|{change|switch} the number to <new>",
    ),
    (
        "collection",
        "<new> instead of <old>|{change|switch} the collection to <new>",
    ),
    (
        "attribute",
        "<new> instead of <old>|use the attribute <new>",
    ),
    (
        "city",
        "<new> instead of <old>|{change|switch} the city to <new>",
    ),
];

const AMOUNT_UP: &[&str] = &[
    "raise the {limit|threshold|amount} to <new>",
    "increase the {limit|threshold} {to <new>|from <old> to <new>}",
    "{limit|threshold} up to <new>",
];
const AMOUNT_DOWN: &[&str] = &[
    "lower the {limit|threshold|amount} to <new>",
    "reduce the {limit|threshold} {to <new>|from <old> to <new>}",
    "bring the {limit|threshold} down to <new>",
];

/// The far end of a range.
const UPPER: &[&str] = &[
    "{change|set|move} the {upper limit|upper bound|maximum|upper end} to <new>",
    "{up to|to|at most} <new> {instead of|not} <old>",
    "the {maximum|upper limit} should be <new>{, the minimum stays|}",
    "the range should end at <new>",
    "max <new>{ instead of <old>|}",
];
/// The near end of a range.
const LOWER: &[&str] = &[
    "{change|set|move} the {lower limit|lower bound|minimum|lower end} to <new>",
    "from <new> {instead of|not} <old>",
    "the {minimum|lower limit} should be <new>{, the maximum stays|}",
    "the range should {start|begin} at <new>",
    "min <new>{ instead of <old>|}",
];

const TAILS: &[&str] = &[
    "",
    "",
    "",
    "",
    "",
    ", everything else stays",
    ", rest stays the same",
    ", leave the rest",
    " please",
    ", thanks",
    ". Don't touch anything else",
    ", keep everything else as it is",
];

pub(super) fn shown(text: &str) -> String {
    format!("{VALUE_OPEN}{text}{VALUE_CLOSE}")
}

pub(super) fn say(pattern: &str, bound: &Bound<'_>, rng: &mut ChaCha8Rng) -> String {
    expand(&Phrase::parse(pattern), &mut Values::default(), bound, rng)
}

/// The trigger a plan starts from.
pub(super) fn trigger<'a>(library: &'a Library, plan: &Plan) -> Option<&'a Trigger> {
    library.trigger_named(plan.trigger())
}

/// What stands before an edit that says the rest by itself.
const HEADS: &[&str] = &[
    "actually, ",
    "hm, ",
    "ok, ",
    "looks good, just one thing: ",
    "almost right: ",
    "one change: ",
    "small correction, ",
    "sorry, ",
    "nice. ",
    "great, but ",
    "wait, ",
    "and one more thing: ",
    "my colleague says: ",
    "can we change it like this: ",
    "for this workflow: ",
    "please change this: ",
    "good, next: ",
    "hi again, ",
    "thinking about it, ",
    "edit: ",
];

/// Draws an edit; `None` when the draw does not fit.
pub fn edit(library: &Library, rng: &mut ChaCha8Rng) -> Option<Edit> {
    if rng.random_range(0..100) < 65 {
        return written(library, rng);
    }
    let draft = base(library, rng)?;
    let mut edit = one(library, &draft, rng)?;
    // Now and then two things at once.
    if rng.random_range(0..100) < 8 {
        let second = one(
            library,
            &Draft {
                plan: edit.after.clone(),
                values: edit.values_after.clone(),
                ..draft
            },
            rng,
        )?;
        if second.kind == edit.kind || takes_over(&edit, &second) {
            return Some(edit);
        }
        edit.after = second.after;
        edit.values_after = second.values_after;
        edit.request = format!(
            "{}{}{}",
            edit.request,
            pick(rng, &[" and ", ", and ", ". Also ", "; ", ". Second, "]),
            second.request
        );
        edit.kind = "two".to_string();
    }
    if rng.random_range(0..100) < 16 {
        edit.request.insert_str(0, pick(rng, HEADS));
    }
    let tail = pick(rng, TAILS);
    edit.request.push_str(tail);
    Some(edit)
}

/// True when the second edit speaks of a new value of the first one, or starts from another workflow.
fn takes_over(first: &Edit, second: &Edit) -> bool {
    let count = |plan: &Plan| -> usize {
        plan.lines
            .iter()
            .map(|line| line.text.matches("4\"").count() + line.text.matches("4)").count())
            .sum()
    };
    let (before, middle, after) = (
        count(&first.before),
        count(&first.after),
        count(&second.after),
    );
    second.before != first.after || (middle > before && after > middle)
}

/// One of the written-out edits.
fn written(library: &Library, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let all: Vec<&Written> = library.edits.iter().collect();
    let edit = weighted(rng, &all, |edit| edit.weight)?;
    let mut values = Values::default();
    let mut request = expand(&edit.say, &mut values, &Bound::new(), rng);
    if rng.random_range(0..100) < 12 {
        request.insert_str(0, pick(rng, HEADS));
    }
    Some(Edit {
        kind: format!("written/{}", edit.name),
        before: Plan::read(&edit.before),
        after: Plan::read(&edit.after),
        values_before: values.clone(),
        values_after: values,
        installed: edit.connectors.clone(),
        request,
    })
}

fn base(library: &Library, rng: &mut ChaCha8Rng) -> Option<Draft> {
    match rng.random_range(0..100) {
        0..26 => return compose::archetype(library, rng),
        26..34 => return compose::scheduled(library, rng),
        _ => {}
    }
    let checks = match rng.random_range(0..100) {
        0..25 => 0,
        25..85 => 1,
        _ => 2,
    };
    let shape = compose::Shape {
        plain: true,
        connectors: rng.random_range(0..100) < 8,
        email: rng.random_range(0..100) < 22,
        checks: Some(checks),
        trigger: (rng.random_range(0..100) < 55).then(|| "order_created".to_string()),
        ..compose::Shape::default()
    };
    compose::compose(library, &shape, rng)
}

fn one(library: &Library, draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    match rng.random_range(0..100) {
        0..24 => value(draft, rng),
        24..33 => add(library, draft, rng),
        33..40 => remove(library, draft, rng),
        40..46 => start(library, draft, rng),
        46..53 => otherwise(library, draft, rng),
        53..57 => wait_first(draft, rng),
        57..61 => narrow(library, draft, rng),
        61..64 => widen(draft, rng),
        64..67 => subject(draft, rng),
        67..70 => operator(draft, rng),
        70..72 => whom(draft, rng),
        _ => refer::one(library, draft, rng),
    }
}

pub(super) fn from(
    draft: &Draft,
    kind: &'static str,
    after: Plan,
    values_after: Values,
    request: String,
) -> Edit {
    let mut values_before = draft.values.clone();
    // What was drawn on the way, to speak of it, is so in the workflow before as well.
    for (name, value) in &values_after.drawn {
        values_before
            .drawn
            .entry(name.clone())
            .or_insert_with(|| value.clone());
    }
    Edit {
        kind: kind.to_string(),
        before: draft.plan.clone(),
        after,
        values_before,
        values_after,
        installed: draft.installed.clone(),
        request,
    }
}

fn value(draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let all = draft.plan.values();
    let names: Vec<String> = all
        .iter()
        .filter(|name| CHANGES.iter().any(|(kind, _)| *kind == pools::kind(name)))
        .cloned()
        .collect();
    if names.is_empty() {
        return None;
    }
    let name = names[rng.random_range(0..names.len())].clone();
    let kind = pools::kind(&name).to_string();
    let alike = names
        .iter()
        .filter(|other| pools::kind(other) == kind)
        .count();
    let mut values = draft.values.clone();
    let old = values.get(&name, rng);
    let number = |text: &str| text.parse::<f64>().ok();
    // The ends of a range stay in order.
    let low = name
        .strip_suffix('2')
        .filter(|base| all.iter().any(|name| name == base));
    let high = Some(format!("{name}2")).filter(|pair| all.contains(pair));
    let ends = matches!(
        kind.as_str(),
        "money" | "orders" | "qty" | "stock" | "count" | "grams"
    );
    let new = (0..30).find_map(|_| {
        let new = pools::draw(&format!("{kind}99"), &values.drawn, rng);
        let above = |other: &str, values: &mut Values, rng: &mut ChaCha8Rng| {
            number(&new.code) > number(&values.get(other, rng).code)
        };
        let fits = !ends
            || (low.is_none_or(|low| above(low, &mut values, rng))
                && high
                    .as_ref()
                    .is_none_or(|high| !above(high, &mut values, rng)));
        (fits && new.code != old.code).then_some(new)
    })?;
    let mut after = values.clone();
    after.drawn.insert(name.clone(), new.clone());
    let pattern = match (kind.as_str(), number(&old.code), number(&new.code)) {
        _ if ends && low.is_some() && rng.random_bool(0.7) => pick(rng, UPPER),
        _ if ends && high.is_some() && rng.random_bool(0.7) => pick(rng, LOWER),
        ("money" | "stock" | "qty" | "orders", Some(old), Some(new)) if rng.random_bool(0.4) => {
            pick(rng, if new > old { AMOUNT_UP } else { AMOUNT_DOWN })
        }
        _ => CHANGES.iter().find(|(known, _)| *known == kind)?.1,
    };
    let bound = Bound::from([("new", shown(&new.say)), ("old", shown(&old.say))]);
    // Where several could be meant, the request says which.
    let told = UPPER.contains(&pattern) || LOWER.contains(&pattern);
    let request = (0..12)
        .map(|_| say(pattern, &bound, rng))
        .find(|request| alike == 1 || told || request.contains(&shown(&old.say)))?;
    let mut draft = draft.clone();
    draft.values = values;
    Some(from(&draft, "value", draft.plan.clone(), after, request))
}

pub(super) fn fresh<'a>(
    library: &'a Library,
    draft: &Draft,
    trigger: &Trigger,
    rng: &mut ChaCha8Rng,
) -> Option<&'a Action> {
    let has: Vec<&str> = draft
        .plan
        .lines
        .iter()
        .filter_map(|line| match &line.kind {
            Kind::Step(task) => Some(task.as_str()),
            _ => None,
        })
        .collect();
    let fit: Vec<&Action> = fitting(library, trigger, &draft.installed)
        .into_iter()
        .filter(|action| !has.contains(&action.task.as_str()))
        .collect();
    weighted(rng, &fit, |action| action.weight)
}

fn add(library: &Library, draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let trigger = trigger(library, &draft.plan)?;
    if !draft.plan.places(&Kind::For).is_empty() || !draft.plan.places(&Kind::Else).is_empty() {
        return None;
    }
    let action = fresh(library, draft, trigger, rng)?;
    let mut values = draft.values.clone();
    let done = act(action, trigger, &mut values, Some('4'), rng);
    let steps = draft.plan.steps();
    let last = *steps.last()?;
    let mut after = draft.plan.clone();
    let indent = after.lines[last].indent;
    after
        .lines
        .insert(last + 1, Line::new(indent, done.code.clone()));
    let bound = Bound::from([("imp", done.imperative)]);
    let request = say(
        pick(
            rng,
            &[
                "also <imp>",
                "and <imp>{ too| as well|}",
                "{additionally|in addition}, <imp>",
                "<imp> {too|as well}",
                "after that <imp>",
                "it should also <imp>",
                "add a step: <imp>",
                "please also <imp>",
                "can {you|it} also <imp>{?|}",
                "one more thing: <imp>",
                "then <imp>",
                "add: <imp>",
                "{at the end|finally} <imp>",
            ],
        ),
        &bound,
        rng,
    );
    Some(from(draft, "add", after, values, request))
}

fn remove(library: &Library, draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let steps = draft.plan.steps();
    let lines = &draft.plan.lines;
    // A step goes only where another stays beside it.
    let free: Vec<usize> = steps
        .iter()
        .copied()
        .filter(|&at| {
            !lines[at].text.contains(" = get_")
                && !lines[at].text.contains(" = run_")
                && !lines[at].text.contains(" = look_")
        })
        .filter(|&at| {
            let beside = |other: usize| {
                lines.get(other).is_some_and(|line| {
                    line.indent == lines[at].indent
                        && matches!(line.kind, Kind::Step(_) | Kind::Wait)
                })
            };
            beside(at + 1) || beside(at.wrapping_sub(1))
        })
        .collect();
    // Something must stay that does something.
    if free.is_empty() || steps.len() < 2 {
        return None;
    }
    let at = free[rng.random_range(0..free.len())];
    let Kind::Step(task) = &lines[at].kind else {
        return None;
    };
    if steps
        .iter()
        .filter(|&&other| lines[other].kind == lines[at].kind)
        .count()
        > 1
    {
        return None;
    }
    let action = library.actions.iter().find(|action| action.task == *task)?;
    let noun = expand(&action.noun, &mut Values::default(), &Bound::new(), rng);
    let short = noun.trim_start_matches("the ").to_string();
    let mut after = draft.plan.clone();
    after.lines.remove(at);
    let bound = Bound::from([("noun", noun), ("short", short)]);
    let request = say(
        pick(
            rng,
            &[
                "{drop|remove|delete|take out|skip|get rid of} <noun>",
                "we don't need <noun> {anymore|any more}",
                "no <short> {please|needed|anymore}",
                "<noun> can go",
                "I don't want <noun>",
                "leave out <noun>",
                "without <noun>",
                "please remove <noun>",
                "stop <noun>, {the rest is fine|keep the rest}",
                "<noun> is not needed",
            ],
        ),
        &bound,
        rng,
    );
    Some(from(draft, "remove", after, draft.values.clone(), request))
}

/// Triggers that offer the same objects and so can stand for each other.
const FAMILIES: &[&[&str]] = &[
    &[
        "order_created",
        "order_paid",
        "order_fulfilled",
        "order_cancelled",
    ],
    &[
        "customer_created",
        "customer_account_enabled",
        "customer_subscribed_to_email_marketing",
    ],
    &["variant_out_of_stock", "variant_back_in_stock"],
    &[
        "return_requested",
        "return_approved",
        "return_closed",
        "return_declined",
    ],
];

fn start(library: &Library, draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let old = trigger(library, &draft.plan)?;
    let family = FAMILIES
        .iter()
        .find(|family| family.contains(&old.name.as_str()))?;
    let name = pick(rng, family);
    if name == old.name {
        return None;
    }
    let new = library.trigger_named(name)?;
    let mut after = draft.plan.clone();
    after.lines[0] = Line::new(0, format!("@{}", new.name));
    let mut values = draft.values.clone();
    let when = expand(&new.when, &mut values, &Bound::new(), rng);
    let before = expand(&old.when, &mut values, &Bound::new(), rng);
    let bound = Bound::from([
        ("when", when),
        ("before", before),
        ("new", shown(&new.label)),
        ("old", shown(&old.label)),
        ("lower", new.label.to_lowercase()),
        ("lowerold", old.label.to_lowercase()),
    ]);
    let request = say(
        pick(
            rng,
            &[
                "{run|start|trigger} it {when|once} <when>{ instead| instead of when <before>|, not when <before>|}",
                "{start|trigger} {it |}with <new> {instead of|rather than} <old>",
                "{use|take} the trigger <new>{ instead| instead of <old>|}",
                "change the trigger {from <old> |}to <new>",
                "it should {only |}{run|start} {when|once} <when>{, not before|}",
                "<lower> instead of <lowerold>",
                "do this {when|once} <when>, not when <before>",
                "make it start on <lower>{ rather than <lowerold>|}",
            ],
        ),
        &bound,
        rng,
    );
    Some(from(draft, "trigger", after, draft.values.clone(), request))
}

fn otherwise(library: &Library, draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let trigger = trigger(library, &draft.plan)?;
    let lines = &draft.plan.lines;
    let tests = draft.plan.places(&Kind::If);
    if tests.len() != 1
        || !draft.plan.places(&Kind::Else).is_empty()
        || !draft.plan.places(&Kind::For).is_empty()
    {
        return None;
    }
    let depth = lines[tests[0]].indent;
    if lines.last()?.indent <= depth {
        return None;
    }
    let mut values = draft.values.clone();
    // Mostly the same kind of step with another value, as in "all others get the tag X".
    let own: Vec<&Action> = fitting(library, trigger, &draft.installed)
        .into_iter()
        .filter(|action| {
            lines
                .iter()
                .any(|line| line.kind == Kind::Step(action.task.clone()))
        })
        .collect();
    let action = if rng.random_bool(0.65) && !own.is_empty() {
        weighted(rng, &own, |action| action.weight)?
    } else {
        fresh(library, draft, trigger, rng)?
    };
    let done = act(action, trigger, &mut values, Some('4'), rng);
    // The same on both sides needs no test.
    if lines.iter().any(|line| line.text == done.code) {
        return None;
    }
    let mut after = draft.plan.clone();
    after.lines.push(Line::new(depth, "else:"));
    after.lines.push(Line::new(depth + 1, done.code.clone()));
    let request = if action.task.starts_with("add_")
        && action.task.ends_with("_tags")
        && !action.key.ends_with("two")
        && rng.random_bool(0.5)
    {
        values.salt = Some('4');
        let tag = values.get("tag", rng);
        values.salt = None;
        let bound = Bound::from([("tag", shown(&tag.say))]);
        say(
            pick(
                rng,
                &[
                    "{everyone else|everything else|all others|the rest|the others|all other orders} {gets|get|should get} {the tag |}<tag>",
                    "{tag|label} {everything else|all others|the rest|the others} {as |with |}<tag>",
                    "otherwise {tag it |}<tag>",
                    "<tag> for {everything else|all others|the rest}",
                    "add the tag <tag> to {everything else|all others|the rest}",
                    "if not, {tag it |tag }<tag>",
                ],
            ),
            &bound,
            rng,
        )
    } else {
        let bound = Bound::from([("imp", done.imperative.clone())]);
        say(
            pick(
                rng,
                &[
                    "{otherwise|else|if not} <imp>",
                    "and if {not|that's not the case|it isn't}, <imp>",
                    "for {all others|the rest|everything else|all other cases}: <imp>",
                    "in {all other cases|every other case} <imp>",
                    "add an else: <imp>",
                    "when the condition is not {met|true} <imp>",
                    "{and |}{all the rest|everything else}: <imp>",
                ],
            ),
            &bound,
            rng,
        )
    };
    Some(from(draft, "else", after, values, request))
}

fn wait_first(draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    if !draft.plan.places(&Kind::Wait).is_empty() {
        return None;
    }
    let steps = draft.plan.steps();
    let at = *steps.last()?;
    if steps.len() > 1 && draft.plan.lines[steps[0]].text.contains(" = ") {
        return None;
    }
    let first = steps.len() == 1 || rng.random_bool(0.5);
    let at = if first { steps[0] } else { at };
    let mut values = draft.values.clone();
    let value = values.get("dur4", rng);
    let mut after = draft.plan.clone();
    let indent = after.lines[at].indent;
    after.lines.insert(at, Line::new(indent, "wait($dur4)"));
    let bound = Bound::from([("dur", shown(&value.say))]);
    let request = if first {
        say(
            pick(
                rng,
                &[
                    "wait <dur> {first|before that|before doing anything}",
                    "{add|put} a {wait|delay|pause} of <dur> {first|before the first step}",
                    "do it <dur> later",
                    "not right away, wait <dur>",
                    "hold off <dur> before {you do this|doing it}",
                    "delay {it|this} by <dur>",
                ],
            ),
            &bound,
            rng,
        )
    } else {
        say(
            pick(
                rng,
                &[
                    "wait <dur> before the last step",
                    "{add|put} a {wait|delay} of <dur> before the last {step|action}",
                    "<dur> before the last action, please wait",
                ],
            ),
            &bound,
            rng,
        )
    };
    Some(from(draft, "wait", after, values, request))
}

/// Adds a test.
fn narrow(library: &Library, draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let trigger = trigger(library, &draft.plan)?;
    if !draft.plan.places(&Kind::Else).is_empty()
        || !draft.plan.places(&Kind::For).is_empty()
        || !draft.plan.places(&Kind::Wait).is_empty()
    {
        return None;
    }
    let tests = draft.plan.places(&Kind::If);
    let fit = fitting_tests(library, trigger);
    let test = weighted(rng, &fit, |test| test.weight)?;
    let mut values = draft.values.clone();
    let checked = check(test, trigger, &mut values, '4', rng)?;
    let mut after = draft.plan.clone();
    match tests.as_slice() {
        [] => {
            let first = *draft.plan.steps().first()?;
            if draft.plan.lines[first].indent != 1 {
                return None;
            }
            for line in &mut after.lines[first..] {
                line.indent += 1;
            }
            after
                .lines
                .insert(first, Line::new(1, format!("if {}:", checked.code)));
        }
        [at] => {
            let text = after.lines[*at]
                .text
                .trim_start_matches("if ")
                .trim_end_matches(':')
                .to_string();
            if text.contains(" or ") || text.contains(" not ") {
                return None;
            }
            after.lines[*at] = Line::new(
                after.lines[*at].indent,
                format!("if {text} and {}:", checked.code),
            );
        }
        _ => return None,
    }
    let bound = Bound::from([("if", checked.clause)]);
    let request = say(
        pick(
            rng,
            &[
                "but only if <if>",
                "only {do this |}{if|when} <if>",
                "{also check|check} {that|if} <if>{ first|}",
                "add a condition: <if>",
                "restrict it to when <if>",
                "{it should|must} only run if <if>",
                "and only when <if>",
            ],
        ),
        &bound,
        rng,
    );
    Some(from(draft, "narrow", after, values, request))
}

/// Takes the test away.
fn widen(draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    if !draft.plan.places(&Kind::Else).is_empty() {
        return None;
    }
    let tests = draft.plan.places(&Kind::If);
    let [at] = tests.as_slice() else {
        return None;
    };
    let mut after = draft.plan.clone();
    let depth = after.lines[*at].indent;
    after.lines.remove(*at);
    for line in &mut after.lines[*at..] {
        if line.indent > depth {
            line.indent -= 1;
        }
    }
    let request = say(
        pick(
            rng,
            &[
                "{drop|remove|delete} the condition",
                "do it {for all of them|every time|always}, no condition",
                "no condition {needed|anymore}, {always do it|just do it}",
                "{take out|get rid of} the {check|if|condition}",
                "it should run {always|every time}, without {the|any} condition",
            ],
        ),
        &Bound::new(),
        rng,
    );
    Some(from(draft, "widen", after, draft.values.clone(), request))
}

/// Puts the order's name into a subject, or sets subject and address.
fn subject(draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let mut plan = draft.plan.clone();
    let at = plan
        .lines
        .iter()
        .position(|line| line.kind == Kind::Step("send_email".to_string()))?;
    let text = plan.lines[at].text.clone();
    let start = text.find("subject=\"")? + 9;
    let end = start + text[start..].find('"')?;
    let mut values = draft.values.clone();
    let order = text.contains("order.name") || plan.trigger().starts_with("order_");
    if order && rng.random_bool(0.65) {
        // The workflow before carries a plain subject.
        let name = if text.contains("draftOrder.name") {
            "draftOrder"
        } else {
            "order"
        };
        values.salt = Some('4');
        let plain = salt("$subject", &values);
        values.salt = None;
        plan.lines[at].text = format!("{}{plain}{}", &text[..start], &text[end..]);
        let mut after = plan.clone();
        after.lines[at].text = format!(
            "{}{plain} {{{{ {name}.name }}}}{}",
            &text[..start],
            &text[end..]
        );
        let mut values_after = values.clone();
        let mut request = say(
            pick(
                rng,
                &[
                    "put the order {number|name} in the subject",
                    "add the order {number|name} to the subject{ line|}",
                    "{include|show} the order {number|name} in the {subject|subject line}",
                    "the subject should {contain|have|include} the order {number|name}",
                ],
            ),
            &Bound::new(),
            rng,
        );
        // As often as not together with another address.
        let address = plan
            .values()
            .into_iter()
            .find(|name| pools::kind(name) == "email");
        if let Some(name) = address.filter(|_| rng.random_bool(0.5)) {
            let new = pools::draw("email99", &values.drawn, rng);
            values_after = values.clone();
            // Both sides must agree on every other value.
            let old = values.get(&name, rng);
            values_after.drawn.clone_from(&values.drawn);
            values_after.drawn.insert(name, new.clone());
            let bound = Bound::from([
                ("new", shown(&new.say)),
                ("rest", request),
                ("old", shown(&old.say)),
            ]);
            request = say(
                "{send|mail} it to <new> {instead |}and <rest>|<rest> and {send|mail} it to <new>{ instead of <old>|}|{change|switch} the address to <new> and <rest>",
                &bound,
                rng,
            );
        }
        let draft = Draft {
            plan,
            values,
            ..draft.clone()
        };
        return Some(from(&draft, "subject", after, values_after, request));
    }
    let new = values.get("subject4", rng);
    let mut after = plan.clone();
    after.lines[at].text = format!("{}$subject4{}", &text[..start], &text[end..]);
    let bound = Bound::from([("new", shown(&new.say))]);
    let request = say(
        "{change|set} the subject {line |}to <new>|the subject should {be|read|say} <new>|use <new> as the subject",
        &bound,
        rng,
    );
    Some(from(draft, "subject", after, values, request))
}

/// `over` becomes `at least` and the like.
fn operator(draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let tests = draft.plan.places(&Kind::If);
    let [at] = tests.as_slice() else {
        return None;
    };
    let text = draft.plan.lines[*at].text.clone();
    if text.contains(" and ") || text.contains(" or ") {
        return None;
    }
    let pairs: [(&str, &str, &str); 6] = [
        (
            " > $",
            " >= $",
            "{make it|it should be} at least, not more than|use at least instead of {over|more than}|{include|count} the limit itself{ too|}|exactly that amount should count too",
        ),
        (
            " >= $",
            " > $",
            "{make it|it should be} more than, not at least|use more than instead of at least",
        ),
        (
            " < $",
            " <= $",
            "{make it|it should be} at most, not less than|use at most instead of {under|less than}|{include|count} the limit itself{ too|}",
        ),
        (
            " <= $",
            " < $",
            "{make it|it should be} less than, not at most",
        ),
        (
            " > $",
            " < $",
            "{under|below|less than} instead of {over|above|more than}|turn it around: {under|below} the limit",
        ),
        (
            " == \"$",
            " != \"$",
            "{the other way round|reverse the condition}: when it is not|it should be everything except {that|this} one",
        ),
    ];
    let fit: Vec<&(&str, &str, &str)> = pairs
        .iter()
        .filter(|(from, _, _)| {
            text.contains(from) && !text.contains("any(") && !text.contains("all(")
        })
        .collect();
    if fit.is_empty() {
        return None;
    }
    let (old, new, words) = fit[rng.random_range(0..fit.len())];
    let mut after = draft.plan.clone();
    after.lines[*at].text = text.replacen(old, new, 1);
    Some(from(
        draft,
        "operator",
        after,
        draft.values.clone(),
        say(words, &Bound::new(), rng),
    ))
}

/// The order's tag becomes the customer's, and the other way round.
fn whom(draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let mut after = draft.plan.clone();
    let order = "add_order_tags(order_id=order.id";
    let customer = "add_customer_tags(customer_id=order.customer.id";
    let line = after
        .lines
        .iter_mut()
        .find(|line| line.text.starts_with(order) || line.text.starts_with(customer))?;
    let (text, words) = if line.text.starts_with(order) {
        (
            line.text.replacen(order, customer, 1),
            "tag the customer {instead of|and not|rather than} the order|the tag {belongs|should go} on the customer, not {on |}the order|put the tag on the customer instead",
        )
    } else {
        (
            line.text.replacen(customer, order, 1),
            "tag the order {instead of|and not|rather than} the customer|the tag {belongs|should go} on the order, not {on |}the customer|put the tag on the order instead",
        )
    };
    *line = Line::new(line.indent, text);
    Some(from(
        draft,
        "whom",
        after,
        draft.values.clone(),
        say(words, &Bound::new(), rng),
    ))
}
