//! Literals: strings, numbers, and texts with Liquid in them.

use std::collections::BTreeSet;

use flow::catalog::TypeRef;

use super::paths::{Paths, Rule};
use super::scope::{LOOPS_AT, Scopes, loop_bits};

/// Filters that Flow knows.
const FILTERS: [&str; 44] = [
    "abs",
    "append",
    "at_least",
    "at_most",
    "blake3",
    "capitalize",
    "ceil",
    "date",
    "date_minus",
    "date_plus",
    "default",
    "divided_by",
    "downcase",
    "escape",
    "first",
    "floor",
    "hmac_sha1",
    "hmac_sha256",
    "join",
    "last",
    "lstrip",
    "map",
    "md5",
    "minus",
    "modulo",
    "newline_to_br",
    "plus",
    "prepend",
    "remove",
    "remove_first",
    "replace",
    "replace_first",
    "round",
    "rstrip",
    "sha1",
    "sha256",
    "size",
    "slice",
    "split",
    "strip",
    "strip_html",
    "times",
    "truncate",
    "upcase",
];

const TERMINALS: &str = r#"
STR: /"([^"\\\x00-\x1F]|\\["\\nt])*"/
FILLED: /"([^"\\\x00-\x20]|\\["\\])([^"\\\x00-\x1F]|\\["\\nt])*"/
INT: /-?[0-9]{1,9}/
BOOL: "True" | "False"
DATE: /"(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?)?"/
FREE: /[A-Za-z_][A-Za-z0-9_]*/
NIL: / is (not )?None/
IS: / (==|!=) /
NOP: / (==|!=|>|>=|<|<=) /
ISIN: / (not )?in \[/
NIN: / (not )?in /
SW: /\.(startswith|endswith)\(/
BARE: /(startswith|endswith)\(/
QUANT: /(any|all|none)\(/
TXT: /([^"\\\x00-\x1F{]|\\["\\nt])+/
LEAD: /([^"\\\x00-\x20{]|\\["\\])([^"\\\x00-\x1F{]|\\["\\nt])*/
BRACE: /\{([^{%"\\\x00-\x1F]|\\["\\nt])/
OPEN: /\{\{-? ?/
CLOSE: / ?-?\}\}/
PIPE: / ?\| ?/
ARG: /: ?('[^'"\\\n]*'|-?[0-9]+(\.[0-9]+)?|\\"[^"\\\x00-\x1F]*\\")(, ?('[^'"\\\n]*'|-?[0-9]+(\.[0-9]+)?|\\"[^"\\\x00-\x1F]*\\"))*/
"#;

/// Tests of scalars, by what they can be compared with.
const TESTS: &str = r#"
st: IS SAY | SW SAY ")" | ISIN SAY (", " SAY)* "]"
sit: IS SAY | ISIN SAY (", " SAY)* "]"
nt: NOP SNUM | ISIN SNUM "]" | NIL
dt: NOP DATE | NIL
bt: IS BOOL | NIL
ot: NOP (SNUM | SAY | BOOL) | SW SAY ")" | NIL
"#;

/// Writes the rules of literals.
pub(super) fn write(out: &mut String, scopes: &Scopes, paths: &Paths, current: Option<&str>) {
    out.push_str(TERMINALS);
    out.push_str(TESTS);
    out.push_str(&format!("FILTER: /{}/\n", FILTERS.join("|")));

    // Where `"` opens a text, plain strings are texts without Liquid.
    let tags = current.map(tags).unwrap_or_default();
    let known = if tags.is_empty() { "" } else { " | KNOWN" };
    if !tags.is_empty() {
        let tags: Vec<String> = tags.iter().map(|tag| literal(tag)).collect();
        out.push_str(&format!("KNOWN: {}\n", tags.join(" | ")));
    }
    let names = own_names(&tags);
    if !names.is_empty() {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        out.push_str(&format!("OWN: /{}/\n", names.join("|")));
    }
    out.push_str(&format!(
        "tstr::_ : \"\\\"\" tparts::_ \"\\\"\"\n\
         filled::_ : \"\\\"\" (LEAD | BRACE | OPEN lq::_ CLOSE{known}) tparts::_ \"\\\"\"\n\
         prose::_ : \"\\\"\" pfirst::_ pparts::_ \"\\\"\"\n\
         pfirst::_ : LEAD{brace} | OPEN lq::_ CLOSE{known} | lfor::_ %if is_zeros({bits})\n\
         pparts::_ : \"\" | ppart::_ pparts::_\n\
         ppart::_ : TXT{brace} | OPEN lq::_ CLOSE{known} | lfor::_ %if is_zeros({bits})\n\
         tparts::_ : \"\" | tpart::_ tparts::_\n\
         tpart::_ : TXT | BRACE | OPEN lq::_ CLOSE{known} | lfor::_ %if is_zeros({bits})\n\
         said::_ : \"\\\"\" sbody::_ \"\\\"\"\n\
         sbody::_ : SALL | SBEG? sref::_\n\
         sref::_ : OPEN lq::_ CLOSE SBIT? | OPEN lq::_ CLOSE SBIT? sref::_\n\
         smore::_ : \"\" | \", \" said::_ smore::_\n\
         mail::_ : \"\\\"\" (ADDR | OPEN lq::_ CLOSE) \"\\\"\"\n\
         said_value::_ : \"\\\"\" (sbody::_ | SNUM | \"true\" | \"false\") \"\\\"\"\n\
         amount::_ : \"\\\"\" (SNUM | OPEN lq::_ CLOSE) \"\\\"\"\n\
         one_ref::_ : \"\\\"\" OPEN lq::_ CLOSE \"\\\"\"\n\
         tlist::_ : \"[\" \"]\" | \"[\" tstr::_ tmore::_ \"]\"\n\
         tmore::_ : \"\" | \", \" tstr::_ tmore::_\n\
         tmap::_ : \"{{\" \"}}\" | \"{{\" tstr::_ \": \" tstr::_ tpairs::_ \"}}\"\n\
         tpairs::_ : \"\" | \", \" tstr::_ \": \" tstr::_ tpairs::_\n\
         lq::_ : (lqroot::_ | \"'now'\") (PIPE FILTER ARG?)* | lqlist::_ PIPE \"size\"{own}\n\
         lbody::_ : \"\" | lpart::_ lbody::_\n\
         lpart::_ : TXT | BRACE | OPEN lq::_ CLOSE{known}\n",
        bits = loop_bits(2),
        // A single brace in a sentence is a slip, unless the sentence is there already.
        brace = if current.is_some() { " | BRACE" } else { "" },
        own = if names.is_empty() {
            ""
        } else {
            " | OWN (\".\" FREE)* (PIPE FILTER ARG?)*"
        },
    ));

    mutation(out, current);

    let mut root = Rule::new("lqroot");
    // Of a list as such only its length is worth printing.
    let mut counted = Rule::new("lqlist");
    let mut loops = Rule::new("lfor");
    let over = |list: &str, last: &str, element: &str| -> Option<String> {
        let number = scopes.loop_number(last, element)?;
        let bits = (number as u64) << LOOPS_AT[2];
        Some(format!(
            "\"{{% for {} in {list} %}}\" lbody::bit_or(0x{bits:x}) \"{{% endfor %}}\"",
            flow::catalog::text_item_name(last, element)
        ))
    };
    for seen in &paths.variables {
        let name = &seen.in_text;
        match paths.number(&seen.ty.name) {
            Some(number) if !seen.ty.list => {
                if paths.has_scalar(&seen.ty.name) {
                    root.add(format!("\"{name}.\" p{number}"), seen);
                }
                if seen.only_in_text {
                    continue;
                }
                // What was left behind lies one object deeper than the lists of everything else.
                let deep = seen.ty.name == "Abandonment";
                for (path, element) in paths.lists_of(&seen.ty.name) {
                    if (deep || !path.contains('.'))
                        && let Some(rule) = over(&format!("{name}.{path}"), path, element)
                    {
                        loops.add(rule, seen);
                    }
                }
            }
            // What a search found.
            Some(_) => {
                counted.add(format!("\"{name}\""), seen);
                if let Some(rule) = over(name, &seen.name, &seen.ty.name) {
                    loops.add(rule, seen);
                }
            }
            None if seen.ty == TypeRef::parse("JSON") => {
                root.add(format!("\"{name}\" (\".\" FREE)*"), seen);
            }
            None => root.add(format!("\"{name}\""), seen),
        }
    }
    root.write(out);
    counted.write(out);
    loops.write(out);
}

/// The name and the arguments of a mutation, as JSON in a string: `"{\"name\":\"…\",\"blob\":\"…\"}"`.
///
/// The arguments are JSON once more, or the call does nothing. Where the current program has a call, it
/// may be written in any way, since it has to stay as it is.
fn mutation(out: &mut String, current: Option<&str>) {
    let names: Vec<&str> = flow::check::mutations().collect();
    let free = current.is_some_and(|current| current.contains("api_call="));
    let blob = if free { "bparts::_" } else { "bobj::_" };
    out.push_str(&format!(
        "api::_ : {} MUTATION {} {blob} {}\n\
         MUTATION: /{}/\n",
        literal(r#""{\"name\":\""#),
        literal(r#"\",\"blob\":\""#),
        literal(r#"\"}""#),
        names.join("|"),
    ));
    // A quote of the arguments is escaped twice.
    out.push_str(match free {
        true => {
            r#"bparts::_ : "" | bpart::_ bparts::_
bpart::_ : BTXT | BBRACE | OPEN lq::_ CLOSE
BTXT: /([^"\\\x00-\x1F{]|\\\\\\")+/
BBRACE: /\{([^{%"\\\x00-\x1F]|\\\\\\")/
"#
        }
        false => {
            r#"bobj::_ : "{" "}" | "{" bpair::_ bpairs::_ "}"
bpairs::_ : "" | "," bpair::_ bpairs::_
bpair::_ : BKEY bval::_
bval::_ : BQ btext::_ BQ | BNUM | bobj::_ | "[" "]" | "[" bval::_ bvals::_ "]"
bvals::_ : "" | "," bval::_ bvals::_
btext::_ : "" | BTXT btext::_ | OPEN lq::_ CLOSE btext::_
BKEY: /\\\\\\"[A-Za-z][A-Za-z0-9_]*\\\\\\":/
BQ: /\\\\\\"/
BTXT: /[^"\\\x00-\x1F{]+/
BNUM: /-?[0-9]+(\.[0-9]+)?|true|false|null/
"#
        }
    });
}

/// The Liquid tags of a program that no rule writes: `{% if order.note %}`, `{% assign x = 1 %}`.
fn tags(program: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = program;
    while let Some(start) = rest.find("{%") {
        rest = &rest[start..];
        let Some(end) = rest.find("%}") else {
            break;
        };
        let tag = &rest[..end + 2];
        if !tag.contains(['\n', '"']) || tag.contains("\\\"") {
            found.insert(tag.to_string());
        }
        rest = &rest[end + 2..];
    }
    found
}

/// Variables that tags make: `x` of `{% assign x = 1 %}` and of `{% for x in order.tags %}`.
fn own_names(tags: &BTreeSet<String>) -> BTreeSet<String> {
    let names = tags.iter().filter_map(|tag| {
        let mut words = tag
            .trim_start_matches(['{', '%', '-'])
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| !word.is_empty());
        match words.next()? {
            "assign" | "for" | "capture" => words.next().map(str::to_string),
            _ => None,
        }
    });
    names.collect()
}

/// A text as a literal of the grammar.
pub(super) fn literal(text: &str) -> String {
    serde_json::Value::String(text.to_string()).to_string()
}
