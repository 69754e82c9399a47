//! Codes that stand for what was said: languages, the parts of a few countries, ways to pay, signs.
//!
//! Codes are those of ISO 639-1 and, without the country, ISO 3166-2.

use std::collections::BTreeSet;

/// Where an order came from, as Shopify spells it. No merchant says these words.
const SOURCES: &[&str] = &[
    "pos",
    "web",
    "shopify_draft_order",
    "subscription_contract",
    "subscription_contract_checkout_one",
];

/// Codes that are words of their own in small letters.
const WORDS: &[&str] = &[
    "act", "al", "ar", "as", "co", "de", "hi", "id", "in", "is", "it", "la", "ma", "me", "mo",
    "no", "oh", "ok", "or", "pa", "so", "to", "us", "vic",
];

/// Languages by their names, in lower case.
const LANGUAGES: &[(&str, &[&str])] = &[
    ("ar", &["arabic"]),
    ("bg", &["bulgarian"]),
    ("cs", &["czech"]),
    ("da", &["danish"]),
    ("de", &["german", "deutsch"]),
    ("el", &["greek"]),
    ("en", &["english"]),
    ("es", &["spanish", "español", "castilian"]),
    ("et", &["estonian"]),
    ("fi", &["finnish"]),
    ("fr", &["french", "français"]),
    ("he", &["hebrew"]),
    ("hi", &["hindi"]),
    ("hr", &["croatian"]),
    ("hu", &["hungarian"]),
    ("id", &["indonesian"]),
    ("it", &["italian"]),
    ("ja", &["japanese"]),
    ("ko", &["korean"]),
    ("lt", &["lithuanian"]),
    ("lv", &["latvian"]),
    ("ms", &["malay"]),
    ("nb", &["norwegian"]),
    ("nl", &["dutch", "flemish"]),
    ("no", &["norwegian"]),
    ("pl", &["polish"]),
    ("pt", &["portuguese"]),
    ("ro", &["romanian"]),
    ("ru", &["russian"]),
    ("sk", &["slovak"]),
    ("sl", &["slovenian"]),
    ("sv", &["swedish"]),
    ("th", &["thai"]),
    ("tr", &["turkish"]),
    ("uk", &["ukrainian"]),
    ("vi", &["vietnamese"]),
    ("zh", &["chinese", "mandarin"]),
];

/// Ways to pay, as Shopify spells them, by what people call them.
const GATEWAYS: &[(&str, &str)] = &[
    ("Cash on Delivery (COD)", "cash on delivery"),
    ("Cash on Delivery (COD)", "cod"),
    ("bank_deposit", "bank deposit"),
    ("gift_card", "gift card"),
    ("gift_card", "gift cards"),
    ("money_order", "money order"),
    ("paypal", "paypal"),
    ("shopify_payments", "shopify payments"),
];

/// Characters that people call by their names rather than write.
const SIGNS: &[(&str, &str)] = &[
    ("#", "hash sign"),
    ("%", "percent sign"),
    ("&", "ampersand"),
    ("*", "asterisk"),
    ("+", "plus sign"),
    ("_", "underscore"),
];

/// States, provinces and territories by their names, in lower case.
const PARTS: &[(&str, &str)] = &[
    ("AB", "alberta"),
    ("ACT", "australian capital territory"),
    ("AK", "alaska"),
    ("AL", "alabama"),
    ("AR", "arkansas"),
    ("AZ", "arizona"),
    ("BC", "british columbia"),
    ("CA", "california"),
    ("CO", "colorado"),
    ("CT", "connecticut"),
    ("DC", "district of columbia"),
    ("DE", "delaware"),
    ("FL", "florida"),
    ("GA", "georgia"),
    ("HI", "hawaii"),
    ("IA", "iowa"),
    ("ID", "idaho"),
    ("IL", "illinois"),
    ("IN", "indiana"),
    ("KS", "kansas"),
    ("KY", "kentucky"),
    ("LA", "louisiana"),
    ("MA", "massachusetts"),
    ("MB", "manitoba"),
    ("MD", "maryland"),
    ("ME", "maine"),
    ("MI", "michigan"),
    ("MN", "minnesota"),
    ("MO", "missouri"),
    ("MS", "mississippi"),
    ("MT", "montana"),
    ("NB", "new brunswick"),
    ("NC", "north carolina"),
    ("ND", "north dakota"),
    ("NE", "nebraska"),
    ("NH", "new hampshire"),
    ("NJ", "new jersey"),
    ("NL", "newfoundland"),
    ("NM", "new mexico"),
    ("NS", "nova scotia"),
    ("NSW", "new south wales"),
    ("NT", "northern territory"),
    ("NT", "northwest territories"),
    ("NU", "nunavut"),
    ("NV", "nevada"),
    ("NY", "new york"),
    ("OH", "ohio"),
    ("OK", "oklahoma"),
    ("ON", "ontario"),
    ("OR", "oregon"),
    ("PA", "pennsylvania"),
    ("PE", "prince edward island"),
    ("PR", "puerto rico"),
    ("QC", "quebec"),
    ("QC", "québec"),
    ("QLD", "queensland"),
    ("RI", "rhode island"),
    ("SA", "south australia"),
    ("SC", "south carolina"),
    ("SD", "south dakota"),
    ("SK", "saskatchewan"),
    ("TAS", "tasmania"),
    ("TN", "tennessee"),
    ("TX", "texas"),
    ("UT", "utah"),
    ("VA", "virginia"),
    ("VIC", "victoria"),
    ("VT", "vermont"),
    ("WA", "washington"),
    ("WA", "western australia"),
    ("WI", "wisconsin"),
    ("WV", "west virginia"),
    ("WY", "wyoming"),
    ("YT", "yukon"),
];

/// The words of a text in lower case.
fn words(lower: &str) -> Vec<&str> {
    lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect()
}

/// Whether a name stands among words, with a slip in it perhaps.
fn stands(words: &[&str], name: &str) -> bool {
    let name: Vec<&str> = name.split(' ').collect();
    words.windows(name.len()).any(|window| {
        window
            .iter()
            .zip(&name)
            .all(|(word, part)| word == part || super::near(word, part))
    })
}

/// Codes of states, provinces and regions that a text names, and those that stand in it or in the
/// workflow as they are.
pub(super) fn parts(text: &str, current: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let words = words(&lower);
    let named = PARTS.iter().filter(|(code, name)| {
        let small = code.to_lowercase();
        stands(&words, name)
            || (!WORDS.contains(&small.as_str()) && words.contains(&small.as_str()))
    });
    let shaped =
        |word: &&str| (2..=3).contains(&word.len()) && word.chars().all(|c| c.is_ascii_uppercase());
    let written = [text, current]
        .into_iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()))
        .filter(shaped);
    named
        .map(|(code, _)| code.to_string())
        .chain(written.map(str::to_string))
        .collect()
}

/// The codes that can stand for something in a text.
pub(super) fn codes(text: &str) -> BTreeSet<String> {
    let lower = text.to_lowercase();
    let words = words(&lower);
    let stands = |name: &str| stands(&words, name);
    let mut found: BTreeSet<String> = SOURCES.iter().map(|code| code.to_string()).collect();
    for (code, names) in LANGUAGES {
        if names.iter().any(|name| stands(name)) {
            found.insert(code.to_string());
        }
    }
    for (code, name) in PARTS.iter().chain(GATEWAYS).chain(SIGNS) {
        if stands(name) {
            found.insert(code.to_string());
        }
    }
    // A code that was written small.
    let small = |code: &str| {
        let code = code.to_lowercase();
        !WORDS.contains(&code.as_str()) && words.contains(&code.as_str())
    };
    for (code, _) in PARTS {
        if small(code) {
            found.insert(code.to_string());
        }
    }
    for (code, _) in LANGUAGES {
        if small(code) {
            found.insert(code.to_string());
        }
    }
    found
}

/// The HTTP methods that a request names; in small letters they are other words.
pub(super) fn methods(text: &str, current: &str) -> Vec<&'static str> {
    const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    let named = |method: &&str| {
        text.split(|c: char| !c.is_alphanumeric())
            .any(|word| word == *method)
            || current.contains(&format!("\"{method}\""))
    };
    let found: Vec<&str> = METHODS.into_iter().filter(|method| named(method)).collect();
    match found.is_empty() {
        true => METHODS.to_vec(),
        false => found,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_code() {
        let of = |text: &str| -> Vec<String> {
            let found = codes(text);
            found
                .into_iter()
                .filter(|code| !SOURCES.contains(&code.as_str()))
                .collect()
        };
        assert_eq!(of("orders to New South Wales or quebec"), ["NSW", "QC"]);
        assert_eq!(of("everyone who speaks Portuguese"), ["pt"]);
        assert_eq!(of("goes to Pensylvania"), ["PA"]);
        assert_eq!(of("when they paid with PayPal"), ["paypal"]);
        assert_eq!(of("a plus sign in the address"), ["+"]);
        assert_eq!(of("a very big basket"), [""; 0]);
        let parts = |text: &str| parts(text, "").into_iter().collect::<Vec<_>>();
        assert_eq!(parts("ships to Leeds or to California"), ["CA"]);
        assert_eq!(parts("NY or nj"), ["NJ", "NY"]);
        assert_eq!(parts("ships to Leeds"), [""; 0]);
        assert_eq!(methods("a plain GET to it", ""), ["GET"]);
        assert_eq!(methods("when we get one", "").len(), 5);
    }
}
