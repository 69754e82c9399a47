//! Edits that point at a part of the workflow: "the last step", "the second tag", "the mail to ops@…".
//!
//! Each takes a draft and gives the draft with one thing changed, or `None` where the draft has no such
//! part. What is pointed at is always the only one that the words can mean.

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::requests::grammar::{Bound, Values, expand};
use crate::requests::pools::{self, pick};

use super::compose::{Draft, act};
use super::edit::{Edit, fresh, from, say, shown, trigger};
use super::library::Library;
use super::plan::{Kind, Line, Plan};

const ORDINALS: [&str; 4] = ["first", "second", "third", "fourth"];

/// The lines with program text of the values filled in as the request shows them.
fn drawn(name: &str, values: &mut Values, rng: &mut ChaCha8Rng) -> String {
    shown(&values.get(name, rng).say)
}

/// Steps whose result nothing else reads, so that they can move or go.
fn free(plan: &Plan, at: usize) -> bool {
    let line = &plan.lines[at];
    matches!(line.kind, Kind::Step(_))
        && !line.text.contains(" = ")
        && !line.text.starts_with("sum(")
        && !line.text.starts_with("count(")
}

/// What a merchant may call the step at this place so that only it can be meant.
fn called(
    library: &Library,
    plan: &Plan,
    values: &mut Values,
    at: usize,
    rng: &mut ChaCha8Rng,
) -> Option<String> {
    let steps = plan.steps();
    let place = steps.iter().position(|&step| step == at)?;
    let Kind::Step(task) = &plan.lines[at].kind else {
        return None;
    };
    let mut names: Vec<String> = Vec::new();
    let has_wait = !plan.places(&Kind::Wait).is_empty();
    if steps.len() > 1 && place + 1 == steps.len() && plan.lines.len() == at + 1 {
        for name in ["the last step", "the last action", "the final step"] {
            names.push(name.to_string());
        }
    }
    // A wait or a test is a step too on the canvas, so only actions are counted there.
    if steps.len() > 1
        && let Some(ordinal) = ORDINALS.get(place)
    {
        names.push(format!("the {ordinal} action"));
        if !has_wait && plan.places(&Kind::If).is_empty() && plan.places(&Kind::For).is_empty() {
            names.push(format!("the {ordinal} step"));
            names.push(format!("step {}", place + 1));
        }
    }
    let alike = steps
        .iter()
        .filter(|&&other| plan.lines[other].kind == plan.lines[at].kind)
        .count();
    if alike == 1
        && let Some(action) = library.actions.iter().find(|action| action.task == *task)
    {
        for _ in 0..3 {
            names.push(expand(
                &action.noun,
                &mut Values::default(),
                &Bound::new(),
                rng,
            ));
        }
    }
    let own = crate::requests::grammar::used_values(&plan.lines[at].text);
    if let [only] = own.as_slice() {
        let kind = pools::kind(only).to_string();
        let value = drawn(only, values, rng);
        match (kind.as_str(), task.as_str()) {
            ("tag", task) if task.starts_with("add_") => names.push(format!("the tag {value}")),
            ("email", "send_email") => {
                names.push(format!("the email to {value}"));
                names.push(format!("the mail to {value}"));
            }
            ("channel", _) => names.push(format!("the message to {value}")),
            _ => {}
        }
    }
    if names.is_empty() {
        return None;
    }
    let at = rng.random_range(0..names.len());
    Some(names.swap_remove(at))
}

/// One of the edits of this file.
pub(super) fn one(library: &Library, draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    match rng.random_range(0..100) {
        0..14 => remove(library, draft, rng),
        14..25 => which_value(draft, rng),
        25..36 => reorder(library, draft, rng),
        36..42 => before(library, draft, rng),
        42..50 => more_tags(draft, rng),
        50..55 => fewer_tags(draft, rng),
        55..63 => recipients(draft, rng),
        63..70 => instead(library, draft, rng),
        70..74 => to_else(library, draft, rng),
        74..77 => always(library, draft, rng),
        77..83 => bound(draft, rng),
        83..88 => also_for(draft, rng),
        88..91 => one_test_less(draft, rng),
        91..93 => either(draft, rng),
        93..96 => schedule(draft, rng),
        96..98 => no_wait(draft, rng),
        _ => options(draft, rng),
    }
}

/// Takes out the step that is pointed at.
fn remove(library: &Library, draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let plan = &draft.plan;
    let places: Vec<usize> = plan
        .steps()
        .into_iter()
        .filter(|&at| free(plan, at) && has_neighbour(plan, at))
        .collect();
    if places.is_empty() {
        return None;
    }
    let at = places[rng.random_range(0..places.len())];
    let mut values = draft.values.clone();
    let name = called(library, plan, &mut values, at, rng)?;
    let short = name.trim_start_matches("the ").to_string();
    let mut after = plan.clone();
    after.lines.remove(at);
    let bound = Bound::from([("noun", name), ("short", short)]);
    let request = say(
        pick(
            rng,
            &[
                "{drop|remove|delete|take out|get rid of|kill|scrap|lose} <noun>",
                "{you can |please |}{remove|delete} <noun>{, we don't need it|, not needed anymore|}",
                "<noun> {is not needed|isn't necessary|can go|should go|has to go|is too much}",
                "we don't {want|need} <noun> {anymore|any more|after all}",
                "I changed my mind about <noun>, take it out",
                "on second thought, {no|leave out|skip} <noun>",
                "everything is fine except <noun>, {remove that|that should go}",
                "keep all of it but {drop|without} <noun>",
                "could you {remove|take out} <noun>{?| for me?}",
                "turns out we do <short> somewhere else already, so remove it here",
            ],
        ),
        &bound,
        rng,
    );
    Some(from(draft, "point_remove", after, values, request))
}

/// Another line on the same level right before or after.
fn has_neighbour(plan: &Plan, at: usize) -> bool {
    let beside = |other: usize| {
        plan.lines.get(other).is_some_and(|line| {
            line.indent == plan.lines[at].indent && matches!(line.kind, Kind::Step(_))
        })
    };
    beside(at + 1) || beside(at.wrapping_sub(1))
}

/// Changes one of several values of a kind, by its place.
fn which_value(draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    const KINDS: &[(&str, &str)] = &[
        ("tag", "tag"),
        ("email", "{email address|address|email|recipient}"),
        ("money", "{amount|limit}"),
        ("note", "note"),
        ("country", "country"),
        ("dur", "wait"),
    ];
    let all = draft.plan.values();
    let mut fit: Vec<(&str, &str, Vec<&String>)> = Vec::new();
    for (kind, noun) in KINDS {
        let names: Vec<&String> = all
            .iter()
            .filter(|name| pools::kind(name) == *kind)
            .collect();
        if names.len() > 1 && names.len() <= ORDINALS.len() {
            fit.push((kind, noun, names));
        }
    }
    if fit.is_empty() {
        return None;
    }
    let (kind, noun, names) = &fit[rng.random_range(0..fit.len())];
    let at = rng.random_range(0..names.len());
    let mut values = draft.values.clone();
    let old = values.get(names[at], rng);
    // Two amounts are a range: the new one must not cross the other.
    let mut new = pools::draw(&format!("{kind}99"), &values.drawn, rng);
    if *kind == "money" {
        let number = |text: &str| text.parse::<f64>().unwrap_or(0.0);
        let other = values.get(names[1 - at.min(1)], rng);
        for _ in 0..30 {
            let (low, high) = if at == 0 {
                (number(&new.code), number(&other.code))
            } else {
                (number(&other.code), number(&new.code))
            };
            if low < high {
                break;
            }
            new = pools::draw(&format!("{kind}99"), &values.drawn, rng);
        }
    }
    if new.code == old.code {
        return None;
    }
    let mut after = values.clone();
    after.drawn.insert((*names[at]).clone(), new.clone());
    let place = if at + 1 == names.len() && rng.random_bool(0.4) {
        if names.len() == 2 {
            pick(rng, &["second", "other", "last"])
        } else {
            "last"
        }
    } else {
        ORDINALS[at]
    };
    let place = if place == "other" { "second" } else { place };
    let bound = Bound::from([
        ("new", shown(&new.say)),
        ("old", shown(&old.say)),
        ("place", place.to_string()),
        ("noun", say(noun, &Bound::new(), rng)),
    ]);
    let request = say(
        pick(
            rng,
            &[
                "{change|set} the <place> <noun> to <new>",
                "the <place> <noun> should be <new>{ instead| instead of <old>|, not <old>|}",
                "<place> <noun>: <new>{ please|}",
                "use <new> {for|as} the <place> <noun>",
                "only the <place> <noun> is wrong, make {it|that} <new>",
                "the <place> <noun> {must|has to|needs to} be <new>, leave the {other|rest} alone",
                "I mistyped the <place> <noun>, {correct is|it is} <new>",
            ],
        ),
        &bound,
        rng,
    );
    let draft = Draft {
        values,
        ..draft.clone()
    };
    Some(from(
        &draft,
        "point_value",
        draft.plan.clone(),
        after,
        request,
    ))
}

/// Turns two steps around, or brings the last one to the front.
fn reorder(library: &Library, draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let plan = &draft.plan;
    let pairs: Vec<usize> = (0..plan.lines.len().saturating_sub(1))
        .filter(|&at| {
            free(plan, at)
                && free(plan, at + 1)
                && plan.lines[at].indent == plan.lines[at + 1].indent
        })
        .collect();
    if pairs.is_empty() {
        return None;
    }
    let at = pairs[rng.random_range(0..pairs.len())];
    let mut values = draft.values.clone();
    let first = called(library, plan, &mut values, at, rng)?;
    let second = called(library, plan, &mut values, at + 1, rng)?;
    let mut after = plan.clone();
    after.lines.swap(at, at + 1);
    let only_two = plan.steps().len() == 2;
    let bound = Bound::from([("a", first), ("b", second)]);
    let mut patterns = vec![
        "{do|put|move|run} <b> before <a>",
        "<b> {should|has to|must} {come|happen|run} before <a>",
        "{put|move} <a> after <b>",
        "first <b>, then <a>",
        "wrong order: <b> goes before <a>",
        "I want <b> to happen before <a>, {same steps otherwise|nothing else changes}",
    ];
    if only_two {
        patterns.extend([
            "swap the {two |}{steps|actions}",
            "{the other way round|other way around}: <b> first",
            "{change|switch|reverse} the order of the {steps|two actions}",
            "move the last {step|action} {up|to the top|to the front}",
            "the last {step|action} should {come|be} first",
        ]);
    }
    let pattern = patterns[rng.random_range(0..patterns.len())];
    let request = say(pattern, &bound, rng);
    Some(from(draft, "reorder", after, values, request))
}

/// Adds a step before the first one, or right before or after one that is pointed at.
fn before(library: &Library, draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let trigger = trigger(library, &draft.plan)?;
    let plan = &draft.plan;
    if !plan.places(&Kind::For).is_empty() {
        return None;
    }
    let steps: Vec<usize> = plan
        .steps()
        .into_iter()
        .filter(|&at| free(plan, at))
        .collect();
    if steps.is_empty() {
        return None;
    }
    let action = fresh(library, draft, trigger, rng)?;
    let mut values = draft.values.clone();
    let done = act(action, trigger, &mut values, Some('4'), rng);
    let first = *plan.steps().first()?;
    let mut after = plan.clone();
    let (at, patterns): (usize, &[&str]) = if rng.random_bool(0.5) && free(plan, first) {
        (
            first,
            &[
                "{but |}before {that|anything else|all that} <imp>",
                "first <imp>, then the rest{ as it is|}",
                "add a step at the {start|beginning|top}: <imp>",
                "start with this: <imp>{, then go on as now|}",
                "put {this|one more step} in front: <imp>",
            ],
        )
    } else {
        let at = steps[rng.random_range(0..steps.len())];
        if rng.random_bool(0.5) {
            (
                at,
                &[
                    "<imp> {right |}before <noun>",
                    "{add a step before|before} <noun>{:|,} <imp>",
                    "between the others, before <noun>, <imp>",
                ],
            )
        } else {
            (
                at + 1,
                &[
                    "<imp> {right |}after <noun>",
                    "{add a step after|after|right after} <noun>{:|,} <imp>",
                    "once <noun> is done, <imp>",
                ],
            )
        }
    };
    let pointed = if patterns[0].contains("after <noun>") {
        at - 1
    } else {
        at
    };
    let name = called(library, plan, &mut values, pointed, rng)?;
    let indent = plan.lines[pointed].indent;
    after.lines.insert(at, Line::new(indent, done.code.clone()));
    let bound = Bound::from([("imp", done.imperative), ("noun", name)]);
    let request = say(pick(rng, patterns), &bound, rng);
    Some(from(draft, "point_add", after, values, request))
}

/// The only line with a list of tags, and where its list begins and ends.
fn tag_list(plan: &Plan) -> Option<(usize, usize, usize)> {
    let mut found = (0..plan.lines.len()).filter_map(|at| {
        let text = &plan.lines[at].text;
        let start = text.find("_tags(").and_then(|_| text.find("tags=["))? + 6;
        let end = start + text[start..].find(']')?;
        text[start..end]
            .starts_with("\"$")
            .then_some((at, start, end))
    });
    let only = found.next()?;
    found.next().is_none().then_some(only)
}

/// One more tag in the list.
fn more_tags(draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let (at, _, end) = tag_list(&draft.plan)?;
    let mut values = draft.values.clone();
    let new = values.get("tag4", rng);
    let mut after = draft.plan.clone();
    let text = &draft.plan.lines[at].text;
    after.lines[at].text = format!("{}, \"$tag4\"{}", &text[..end], &text[end..]);
    let bound = Bound::from([("new", shown(&new.say))]);
    let request = say(
        pick(
            rng,
            &[
                "also add the tag <new>",
                "{add|put} <new> {as a second tag|to the tags|to the list of tags} {too|as well|}",
                "{tag it|it should be tagged} <new> {too|as well}",
                "one more tag: <new>",
                "the tags should include <new> {as well|too}",
                "it needs another tag, <new>",
                "besides the tag we have, add <new>",
                "and <new> as {another|an additional|an extra} tag, keep the {old|first} one",
            ],
        ),
        &bound,
        rng,
    );
    Some(from(draft, "tag_more", after, values, request))
}

/// One tag less in a list of two.
fn fewer_tags(draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    // Most drafts have one tag: give the workflow a second one to begin with.
    let (at, start, end) = tag_list(&draft.plan)?;
    let mut plan = draft.plan.clone();
    let mut values = draft.values.clone();
    let text = plan.lines[at].text.clone();
    let mut tags: Vec<String> = text[start..end].split(", ").map(str::to_string).collect();
    if tags.len() == 1 {
        values.get("tag4", rng);
        tags.push("\"$tag4\"".to_string());
        plan.lines[at].text = format!("{}{}{}", &text[..start], tags.join(", "), &text[end..]);
    }
    let gone = rng.random_range(0..tags.len());
    let name = tags[gone].trim_matches(['"', '$']).to_string();
    let kept = tags[usize::from(gone == 0)]
        .trim_matches(['"', '$'])
        .to_string();
    let old = drawn(&name, &mut values, rng);
    let stays = drawn(&kept, &mut values, rng);
    let place = ORDINALS[gone];
    tags.remove(gone);
    let mut after = plan.clone();
    after.lines[at].text = format!("{}{}{}", &text[..start], tags.join(", "), &text[end..]);
    let bound = Bound::from([("old", old), ("stays", stays), ("place", place.to_string())]);
    let mut patterns = vec![
        "{drop|remove|delete} the tag <old>",
        "not <old>{, just the other tag|}",
        "<old> {can go|is not needed|should not be added anymore}",
        "don't {add|use} <old> anymore",
        "{remove|drop} the <place> tag",
        "the <place> tag {can go|is too much|is not needed}",
    ];
    if tags.len() == 1 {
        patterns.extend([
            "only <stays>, {not|without} <old>",
            "just {one tag|the tag} <stays>{ please|}",
        ]);
    }
    let request = say(patterns[rng.random_range(0..patterns.len())], &bound, rng);
    let draft = Draft {
        plan,
        values: values.clone(),
        ..draft.clone()
    };
    Some(from(&draft, "tag_fewer", after, values, request))
}

/// One recipient more, or one of two less.
fn recipients(draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let mut plan = draft.plan.clone();
    let mut at = None;
    for (place, line) in plan.lines.iter().enumerate() {
        if line.kind == Kind::Step("send_email".to_string()) {
            if at.is_some() {
                return None;
            }
            at = Some(place);
        }
    }
    let at = at?;
    let text = plan.lines[at].text.clone();
    let start = text.find("address=\"$email")? + 9;
    let end = start + text[start..].find('"')?;
    let one = text[start..end].to_string();
    if one.contains(',') {
        return None;
    }
    let mut values = draft.values.clone();
    let new = drawn("email4", &mut values, rng);
    let old = drawn(one.trim_start_matches('$'), &mut values, rng);
    let both = format!("{}{one}, $email4{}", &text[..start], &text[end..]);
    let bound = Bound::from([("new", new), ("old", old)]);
    if rng.random_bool(0.62) {
        let mut after = plan.clone();
        after.lines[at].text = both;
        let request = say(
            pick(
                rng,
                &[
                    "also {send it|email it} to <new>",
                    "{add|put} <new> {to the recipients|to the email|as a second recipient|on the email too}",
                    "{cc|copy|include} <new>{ too| as well|}",
                    "the {email|mail} should go to <new> {too|as well}",
                    "{send|mail} it to <old> and <new>",
                    "<new> {needs|wants|should get} {it|the email|that mail} {too|as well}",
                    "two people should get {the email|it}: <old> and <new>",
                ],
            ),
            &bound,
            rng,
        );
        return Some(from(draft, "recipient_more", after, values, request));
    }
    plan.lines[at].text = both;
    let mut after = plan.clone();
    let first = rng.random_bool(0.4);
    after.lines[at].text = if first {
        format!("{}$email4{}", &text[..start], &text[end..])
    } else {
        text
    };
    let (gone, stays) = if first {
        ("old", "new")
    } else {
        ("new", "old")
    };
    let bound = Bound::from([
        ("gone", bound.get(gone)?.clone()),
        ("stays", bound.get(stays)?.clone()),
    ]);
    let request = say(
        pick(
            rng,
            &[
                "{don't|do not} {email|send it to} <gone> anymore",
                "{remove|take} <gone> {from|off} the {email|recipients|mail}",
                "<gone> {left the company|left|works elsewhere now}, {only mail|just} <stays>",
                "only <stays> should get {the email|it}, {not|without} <gone>",
                "<gone> doesn't need {this email|it}{ anymore|}",
            ],
        ),
        &bound,
        rng,
    );
    let draft = Draft {
        plan,
        values: values.clone(),
        ..draft.clone()
    };
    Some(from(&draft, "recipient_fewer", after, values, request))
}

/// Another step in place of one that is pointed at.
fn instead(library: &Library, draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let trigger = trigger(library, &draft.plan)?;
    let plan = &draft.plan;
    let steps: Vec<usize> = plan
        .steps()
        .into_iter()
        .filter(|&at| free(plan, at))
        .collect();
    if steps.is_empty() || !plan.places(&Kind::For).is_empty() {
        return None;
    }
    let at = steps[rng.random_range(0..steps.len())];
    let action = fresh(library, draft, trigger, rng)?;
    let mut values = draft.values.clone();
    let name = called(library, plan, &mut values, at, rng)?;
    let short = name.trim_start_matches("the ").to_string();
    let done = act(action, trigger, &mut values, Some('4'), rng);
    let mut after = plan.clone();
    after.lines[at] = Line::new(plan.lines[at].indent, done.code.clone());
    let bound = Bound::from([("imp", done.imperative), ("noun", name), ("short", short)]);
    let request = say(
        pick(
            rng,
            &[
                "instead of <noun>{,|} <imp>",
                "no <short>, {rather |please |}<imp>{ instead|}",
                "replace <noun>: <imp> instead",
                "<imp> {instead of|in place of|rather than} <noun>",
                "{drop|remove} <noun>, {we'd rather|it should rather} <imp>",
                "<noun> is wrong there, <imp> instead",
            ],
        ),
        &bound,
        rng,
    );
    Some(from(draft, "instead", after, values, request))
}

/// The one `if` of a plan without `else` and loops whose block is the end of the program.
fn last_if(plan: &Plan) -> Option<usize> {
    let tests = plan.places(&Kind::If);
    let [test] = tests.as_slice() else {
        return None;
    };
    let whole = plan.lines[test + 1..]
        .iter()
        .all(|line| line.indent > plan.lines[*test].indent);
    (whole && plan.places(&Kind::Else).is_empty() && plan.places(&Kind::For).is_empty())
        .then_some(*test)
}

/// Moves the last of two steps under the test to the other branch.
fn to_else(library: &Library, draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let plan = &draft.plan;
    let test = last_if(plan)?;
    let at = plan.lines.len() - 1;
    if at < test + 2 || !free(plan, at) || plan.lines[at - 1].kind == Kind::Wait {
        return None;
    }
    let mut values = draft.values.clone();
    let name = called(library, plan, &mut values, at, rng)?;
    let mut after = plan.clone();
    after
        .lines
        .insert(at, Line::new(plan.lines[test].indent, "else:"));
    let bound = Bound::from([("noun", name)]);
    let request = say(
        pick(
            rng,
            &[
                "{move|put} <noun> {to|into|in} the {else|otherwise|other} branch",
                "<noun> {should|must} only happen {when|if} the condition is not {met|true}",
                "<noun> only for {the others|all the others|those that don't match}",
                "<noun> belongs on the {no|false} side",
                "do <noun> only if the {check|condition} fails",
            ],
        ),
        &bound,
        rng,
    );
    Some(from(draft, "to_else", after, values, request))
}

/// Moves the last step out of the test, so that it always runs.
fn always(library: &Library, draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let plan = &draft.plan;
    let test = last_if(plan)?;
    let at = plan.lines.len() - 1;
    if at < test + 2 || !free(plan, at) || plan.lines[at - 1].kind == Kind::Wait {
        return None;
    }
    let mut values = draft.values.clone();
    let name = called(library, plan, &mut values, at, rng)?;
    let mut after = plan.clone();
    after.lines[at].indent = plan.lines[test].indent;
    let bound = Bound::from([("noun", name)]);
    let request = say(
        pick(
            rng,
            &[
                "<noun> {should|has to|must} happen {in any case|every time|always}, {not only when the condition is met|whatever the condition says|condition or not}",
                "{move|take} <noun> out of the condition",
                "<noun> for {all of them|everything|every one}, the condition is only for the {rest|other step|others}",
                "do <noun> regardless of the condition",
            ],
        ),
        &bound,
        rng,
    );
    Some(from(draft, "always", after, values, request))
}

/// A second bound for a test with one.
fn bound(draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let tests = draft.plan.places(&Kind::If);
    let [at] = tests.as_slice() else {
        return None;
    };
    let text = draft.plan.lines[*at].text.clone();
    let inner = text.trim_start_matches("if ").trim_end_matches(':');
    let words: Vec<&str> = inner.split(' ').collect();
    let [path, sign @ (">" | ">=" | "<" | "<="), value] = words.as_slice() else {
        return None;
    };
    let name = value.strip_prefix('$')?;
    let kind = pools::kind(name).to_string();
    if !matches!(
        kind.as_str(),
        "money" | "orders" | "qty" | "stock" | "count" | "grams"
    ) {
        return None;
    }
    let mut values = draft.values.clone();
    let old = values.get(name, rng);
    let number = |text: &str| text.parse::<f64>().unwrap_or(0.0);
    let up = sign.starts_with('>');
    let new = (0..30).find_map(|_| {
        let new = pools::draw(&format!("{kind}99"), &values.drawn, rng);
        let fits = if up {
            number(&new.code) > number(&old.code)
        } else {
            number(&new.code) < number(&old.code) && number(&new.code) > 0.0
        };
        fits.then_some(new)
    })?;
    let fresh_name = format!("{kind}4");
    values.drawn.insert(fresh_name.clone(), new.clone());
    let shown_new = shown(&new.say);
    let bound = Bound::from([("new", shown_new), ("old", shown(&old.say))]);
    let (other, patterns): (&str, &[&str]) = match (up, rng.random_bool(0.7)) {
        (true, true) => (
            "<=",
            &[
                "but {at most|no more than|not over|not more than} <new>",
                "{only |}up to <new>{ though|, not above|}",
                "{add an upper limit of|cap it at|with a maximum of} <new>",
                "and {it must|it should} not be {over|above|more than} <new>",
                "{there should be|we need} an upper bound too: <new>",
            ],
        ),
        (true, false) => (
            "<",
            &[
                "but {less than|below|under} <new>",
                "and {it must also|it has to} be {below|under} <new>",
                "only if it's {under|below|less than} <new> as well",
            ],
        ),
        (false, true) => (
            ">=",
            &[
                "but {at least|not under|not less than} <new>",
                "{with|add} a {minimum|lower limit} of <new>",
                "and not {below|under|less than} <new>",
                "starting {at|from} <new>",
            ],
        ),
        (false, false) => (
            ">",
            &[
                "but {more than|above|over} <new>",
                "and {it must also|it has to} be {over|above|more than} <new>",
            ],
        ),
    };
    let mut after = draft.plan.clone();
    after.lines[*at].text = format!("if {inner} and {path} {other} ${fresh_name}:");
    let request = say(pick(rng, patterns), &bound, rng);
    Some(from(draft, "bound", after, values, request))
}

/// One more value that also counts: `in ["US", "CA"]`.
fn also_for(draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let tests = draft.plan.places(&Kind::If);
    let [at] = tests.as_slice() else {
        return None;
    };
    let text = draft.plan.lines[*at].text.clone();
    let start = text.find(" == \"$")?;
    let rest = &text[start + 5..];
    let name: String = rest
        .trim_start_matches('$')
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric())
        .collect();
    // Inside any() and all() a list is written with `or`.
    if text.contains(" for ") || text.matches(" == \"$").count() != 1 {
        return None;
    }
    let kind = pools::kind(&name).to_string();
    if !matches!(
        kind.as_str(),
        "country"
            | "province"
            | "city"
            | "vendor"
            | "ptype"
            | "sku"
            | "code"
            | "shipping"
            | "source"
            | "currency"
    ) {
        return None;
    }
    let mut values = draft.values.clone();
    let old = drawn(&name, &mut values, rng);
    let fresh_name = format!("{kind}4");
    let new = drawn(&fresh_name, &mut values, rng);
    let whole = format!(" == \"${name}\"");
    let mut after = draft.plan.clone();
    after.lines[*at].text =
        text.replacen(&whole, &format!(" in [\"${name}\", \"${fresh_name}\"]"), 1);
    let bound = Bound::from([("new", new), ("old", old)]);
    let request = say(
        pick(
            rng,
            &[
                "also for <new>",
                "{same|do the same} for <new>",
                "<new> {too|as well}",
                "{include|add} <new> {too|as well|to the condition}",
                "<old> or <new>",
                "not only <old>, <new> {too|as well|counts too}",
                "it should {work|run} for <new> as well as <old>",
            ],
        ),
        &bound,
        rng,
    );
    Some(from(draft, "also_for", after, values, request))
}

/// The two parts of a test joined by one word, where neither has parts itself.
fn halves<'a>(text: &'a str, word: &str) -> Option<[&'a str; 2]> {
    let inner = text.strip_prefix("if ")?.strip_suffix(':')?;
    let parts: Vec<&str> = inner.split(word).collect();
    let [a, b] = parts.as_slice() else {
        return None;
    };
    let whole = |part: &str| part.matches('(').count() == part.matches(')').count();
    let mixed = inner.contains(" and ") && inner.contains(" or ");
    (whole(a) && whole(b) && !mixed).then_some([*a, *b])
}

/// What a test is about, in a merchant's word.
fn topic(test: &str) -> Option<&'static str> {
    const WORDS: &[(&str, &str)] = &[
        ("totalPriceSet", "{total|amount|value}"),
        ("subtotalPriceSet", "subtotal"),
        ("countryCode", "country"),
        ("province", "{state|province}"),
        (".city", "city"),
        (".tags", "tag"),
        ("numberOfOrders", "order count"),
        ("amountSpent", "{lifetime spend|total spent}"),
        ("inventoryQuantity", "stock"),
        ("totalInventory", "stock"),
        ("product.vendor", "vendor"),
        ("productType", "product type"),
        ("sourceName", "{sales channel|source}"),
        ("shippingLine", "shipping method"),
        ("discount", "discount"),
        ("displayFinancialStatus", "{payment|payment status}"),
        ("displayFulfillmentStatus", "fulfillment status"),
        ("paymentGatewayNames", "payment method"),
        ("totalWeight", "weight"),
        (".note", "note"),
        ("mail", "email"),
        (".sku", "SKU"),
        (".price", "price"),
        ("status", "status"),
    ];
    WORDS
        .iter()
        .find(|(part, _)| test.contains(part))
        .map(|(_, word)| *word)
}

/// Takes one of two tests away.
fn one_test_less(draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let tests = draft.plan.places(&Kind::If);
    let [at] = tests.as_slice() else {
        return None;
    };
    let text = draft.plan.lines[*at].text.clone();
    let parts = halves(&text, " and ")?;
    let (gone, stays) = if rng.random_bool(0.5) { (0, 1) } else { (1, 0) };
    let (word, other) = (topic(parts[gone])?, topic(parts[stays])?);
    if word == other {
        return None;
    }
    let mut after = draft.plan.clone();
    after.lines[*at].text = format!("if {}:", parts[stays]);
    let bound = Bound::from([
        ("gone", say(word, &Bound::new(), rng)),
        ("stays", say(other, &Bound::new(), rng)),
    ]);
    let request = say(
        pick(
            rng,
            &[
                "{drop|remove} the <gone> {condition|check}{, keep the <stays> one|}",
                "{I don't care about|forget|never mind} the <gone>, only {check |look at |}the <stays>",
                "the <gone> {doesn't matter|is not important|should not matter}{ anymore|}",
                "only the <stays> {counts|matters}",
            ],
        ),
        &bound,
        rng,
    );
    Some(from(
        draft,
        "test_less",
        after,
        draft.values.clone(),
        request,
    ))
}

/// One of two tests is enough, or both are needed.
fn either(draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let tests = draft.plan.places(&Kind::If);
    let [at] = tests.as_slice() else {
        return None;
    };
    let text = draft.plan.lines[*at].text.clone();
    let (parts, word, patterns): ([&str; 2], &str, &[&str]) =
        if let Some(parts) = halves(&text, " and ") {
            (
                parts,
                "or",
                &[
                    "{either|one} of the two {conditions |}is enough",
                    "{make it|use} or instead of and",
                    "it should run when {either|at least one} condition is {met|true}",
                    "one condition is enough, {not both|it doesn't need both}",
                ],
            )
        } else {
            (
                halves(&text, " or ")?,
                "and",
                &[
                    "both {conditions |}must be {met|true}",
                    "{make it|use} and instead of or",
                    "only {when|if} both {conditions are met|are true}",
                ],
            )
        };
    let mut after = draft.plan.clone();
    after.lines[*at].text = format!("if {} {word} {}:", parts[0], parts[1]);
    let request = say(pick(rng, patterns), &Bound::new(), rng);
    Some(from(draft, "either", after, draft.values.clone(), request))
}

/// Another rhythm of a schedule.
fn schedule(draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let head = draft.plan.lines.first()?.text.clone();
    if !head.starts_with("@scheduled_time(") {
        return None;
    }
    let time = head
        .split("at=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or("$time4")
        .to_string();
    let mut values = draft.values.clone();
    let choices: [(&str, String, &str); 5] = [
        (
            "every=\"day\"",
            format!("every=\"day\", at=\"{time}\""),
            "{run it |}{daily|every day} {instead|from now on}|{make it|it should be} daily|every day please{, same time|}",
        ),
        (
            "on=[\"$weekday",
            format!("every=\"week\", on=[\"$weekday4\"], at=\"{time}\""),
            "{run it |}{only |}{weekly|once a week}, on <weekday>|{only|just} on <weekday>{s|} {instead|please}|every <weekday> is enough",
        ),
        (
            "\"FR\"]",
            format!("every=\"week\", on=[\"MO\", \"TU\", \"WE\", \"TH\", \"FR\"], at=\"{time}\""),
            "{only |}on weekdays{, not at the weekend|}|{only |just |}Monday to Friday|{skip|leave out} the weekends",
        ),
        (
            "every=\"month\"",
            format!("every=\"month\", on=[$monthday4], at=\"{time}\""),
            "{monthly|once a month}, on the <monthday>|{run it |}on the <monthday> of each month {instead|please|}",
        ),
        (
            "every=\"hour\"",
            "every=\"hour\"".to_string(),
            "{run it |}every hour{ instead|}|{make it|it should run} hourly",
        ),
    ];
    let fit: Vec<&(&str, String, &str)> = choices
        .iter()
        .filter(|(mark, ..)| !head.contains(mark))
        .collect();
    let (_, arguments, words) = fit[rng.random_range(0..fit.len())];
    let mut after = draft.plan.clone();
    after.lines[0].text = format!("@scheduled_time({arguments})");
    let bound = Bound::from([
        ("weekday", drawn("weekday4", &mut values, rng)),
        ("monthday", drawn("monthday4", &mut values, rng)),
    ]);
    let mut request = say(words, &bound, rng);
    if arguments.contains("$time4") {
        let time = drawn("time4", &mut values, rng);
        request = format!("{request}, at {time}");
    }
    Some(from(draft, "schedule", after, values, request))
}

/// Takes the wait out.
fn no_wait(draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    let waits = draft.plan.places(&Kind::Wait);
    let [at] = waits.as_slice() else {
        return None;
    };
    let mut after = draft.plan.clone();
    after.lines.remove(*at);
    let request = say(
        pick(
            rng,
            &[
                "{no wait|don't wait|without the wait|without waiting}{, do it right away|, at once please|}",
                "{remove|drop|take out|skip} the {wait|delay|pause|waiting time}",
                "it should happen {immediately|at once|right away}, {no|without any} delay",
                "why does it wait? {do it immediately|it shouldn't}",
            ],
        ),
        &Bound::new(),
        rng,
    );
    Some(from(draft, "no_wait", after, draft.values.clone(), request))
}

/// The switches of Cancel order and of Mark as fulfilled.
fn options(draft: &Draft, rng: &mut ChaCha8Rng) -> Option<Edit> {
    const SWITCHES: &[(&str, &str, &str)] = &[
        (
            "notify_customer=True",
            "notify_customer=False",
            "{don't|do not} {notify|tell|email} the {customer|buyer}|without {telling|notifying} the {customer|buyer}|no {mail|email|notification} to the {customer|buyer}",
        ),
        (
            "notify_customer=False",
            "notify_customer=True",
            "{notify|tell} the {customer|buyer} {too|as well|about it}|the {customer|buyer} should {get an email|be told|be notified}",
        ),
        (
            "refund=True",
            "refund=False",
            "{don't|do not} refund{ it| the order| anything|}|without {a |the |}refund|no {automatic |}refund{, we do that by hand|}",
        ),
        (
            "refund=False",
            "refund=True",
            "refund {it|the order} {too|as well}|{give|pay} the money back {too|as well}|with {a |}refund{ please|}",
        ),
        (
            "restock=True",
            "restock=False",
            "{don't|do not} restock{ the items| it|}|without {restocking|putting the items back}|leave the stock {alone|as it is}",
        ),
        (
            "restock=False",
            "restock=True",
            "restock the items {too|as well}|put the {items|stock} back {too|as well|}",
        ),
    ];
    let at = draft.plan.lines.iter().position(|line| {
        matches!(&line.kind, Kind::Step(task) if task == "cancel_order"
            || task == "mark_fulfillment_order_as_fulfilled")
    })?;
    let text = &draft.plan.lines[at].text;
    let fit: Vec<&(&str, &str, &str)> = SWITCHES
        .iter()
        .filter(|(old, ..)| text.contains(old))
        .collect();
    if fit.is_empty() {
        return None;
    }
    let (old, new, words) = fit[rng.random_range(0..fit.len())];
    let mut after = draft.plan.clone();
    after.lines[at].text = text.replacen(old, new, 1);
    let request = say(words, &Bound::new(), rng);
    Some(from(draft, "options", after, draft.values.clone(), request))
}
