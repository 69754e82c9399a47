//! Pools of values: tags, amounts, addresses, countries and the many ways in which people write them.
//!
//! The pools are large and partly composed at random, so that a model learns to copy what the merchant
//! wrote instead of remembering what it saw.

use std::collections::BTreeMap;

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::grammar::Value;

/// One of a slice.
pub fn pick<'a, T: ?Sized>(rng: &mut ChaCha8Rng, of: &[&'a T]) -> &'a T {
    of[rng.random_range(0..of.len())]
}

fn chance(rng: &mut ChaCha8Rng, percent: u32) -> bool {
    rng.random_range(0..100) < percent
}

/// The kind of a value: its name without the number at its end.
pub fn kind(name: &str) -> &str {
    name.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// Draws the value of this name; `others` are those of the same example, from which it differs.
pub fn draw(name: &str, others: &BTreeMap<String, Value>, rng: &mut ChaCha8Rng) -> Value {
    let kind = kind(name);
    let same: Vec<&Value> = others
        .iter()
        .filter(|(other, _)| self::kind(other) == kind)
        .map(|(_, value)| value)
        .collect();
    // A second amount lies above the first, so that two make a range.
    let base = name.strip_suffix('2').and_then(|base| others.get(base));
    if let Some(base) = base.filter(|_| {
        matches!(
            kind,
            "money" | "count" | "orders" | "qty" | "stock" | "grams"
        )
    }) {
        let low: f64 = base.code.parse().unwrap_or(1.0);
        let step = if kind == "money" || kind == "grams" {
            (low.max(10.0) * [0.5, 1.0, 2.0, 4.0][rng.random_range(0..4)]).round()
        } else {
            f64::from(rng.random_range(2..12))
        };
        let code = format!("{}", (low + step).round());
        let say = say_like(&base.say, &base.code, &code);
        return Value { code, say };
    }
    for _ in 0..40 {
        let value = one(kind, rng);
        if same
            .iter()
            .all(|other| !other.code.eq_ignore_ascii_case(&value.code))
        {
            return value;
        }
    }
    one(kind, rng)
}

/// Writes a second amount in the same way as the first: `$100` and `$300`.
fn say_like(say: &str, code: &str, other: &str) -> String {
    if say.contains(code) {
        say.replace(code, other)
    } else {
        other.to_string()
    }
}

fn same(text: &str) -> Value {
    Value {
        code: text.to_string(),
        say: text.to_string(),
    }
}

fn one(kind: &str, rng: &mut ChaCha8Rng) -> Value {
    match kind {
        "tag" | "ctag" | "ptag" | "otag" => tag(rng),
        "money" => money(rng),
        "count" => number(rng.random_range(2..=20), rng),
        "orders" => number(
            pick_number(rng, &[2, 3, 4, 5, 5, 6, 7, 8, 10, 10, 12, 15, 20, 25]),
            rng,
        ),
        "qty" => number(
            pick_number(rng, &[2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 24, 30, 50, 100]),
            rng,
        ),
        "stock" => number(
            pick_number(
                rng,
                &[
                    1, 2, 3, 4, 5, 5, 6, 8, 10, 10, 12, 15, 20, 25, 30, 40, 50, 100,
                ],
            ),
            rng,
        ),
        "grams" => grams(rng),
        "percent" => {
            let value = pick_number(rng, &[5, 10, 15, 20, 25, 30, 40, 50]);
            Value {
                code: value.to_string(),
                say: format!("{value}{}", pick(rng, &["%", " percent", " %"])),
            }
        }
        "points" => number(
            pick_number(rng, &[10, 20, 25, 50, 75, 100, 150, 200, 250, 500]),
            rng,
        ),
        "rating" => number(rng.random_range(1..=3), rng),
        "dur" => duration(rng),
        "span" => span(rng),
        "limit" => number(pick_number(rng, &[10, 20, 25, 50, 100]), rng),
        "email" => email(rng),
        "maildomain" => {
            let domain = domain(rng);
            Value {
                code: format!("@{domain}"),
                say: if chance(rng, 70) {
                    format!("@{domain}")
                } else {
                    domain
                },
            }
        }
        "vendor" => quoted(&vendor(rng), rng, 85),
        "ptype" => quoted(pick(rng, PRODUCT_TYPES), rng, 85),
        "product" => quoted(&product(rng), rng, 70),
        "sku" => quoted(&sku(rng), rng, 85),
        "skustart" => {
            let letters = letters(rng, 2, 4);
            let text = if chance(rng, 60) {
                format!("{letters}-")
            } else {
                letters
            };
            quoted(&text, rng, 85)
        }
        "country" => {
            let (code, names) = COUNTRIES[rng.random_range(0..COUNTRIES.len())];
            let say = if chance(rng, 22) {
                code
            } else {
                pick(rng, names)
            };
            Value {
                code: code.to_string(),
                say: say.to_string(),
            }
        }
        "province" => {
            let (code, name) = PROVINCES[rng.random_range(0..PROVINCES.len())];
            Value {
                code: code.to_string(),
                say: if chance(rng, 25) { code } else { name }.to_string(),
            }
        }
        "city" => same(pick(rng, CITIES)),
        "zip" => {
            let length = rng.random_range(2..=5);
            let text: String = (0..length)
                .map(|_| char::from(b'0' + rng.random_range(0..10)))
                .collect();
            quoted(&text, rng, 90)
        }
        "gateway" => {
            let (code, say) = GATEWAYS[rng.random_range(0..GATEWAYS.len())];
            Value {
                code: code.to_string(),
                say: say.to_string(),
            }
        }
        "shipping" => quoted(pick(rng, SHIPPING), rng, 75),
        "code" => quoted(&discount_code(rng), rng, 85),
        "source" => {
            let (code, say) = SOURCES[rng.random_range(0..SOURCES.len())];
            Value {
                code: code.to_string(),
                say: say.to_string(),
            }
        }
        "attribute" => quoted(pick(rng, ATTRIBUTES), rng, 75),
        "word" => quoted(pick(rng, WORDS), rng, 65),
        "note" => note(rng),
        "subject" => subject(rng),
        "body" => body(rng),
        "sheet" => quoted(&sheet(rng), rng, 55),
        "url" => url(rng),
        "channel" => {
            let text = format!(
                "#{}",
                pick(
                    rng,
                    &[
                        "ops",
                        "orders",
                        "fulfillment",
                        "warehouse",
                        "alerts",
                        "sales",
                        "support",
                        "cs-team",
                        "inventory",
                        "finance",
                        "returns",
                        "general",
                        "shop-alerts",
                        "wholesale",
                        "vip-orders",
                        "stock",
                        "fraud-watch",
                        "shipping",
                        "team-orders",
                        "buying",
                        "store-bot",
                        "notifications",
                        "dispatch",
                        "merch"
                    ]
                )
            );
            same(&text)
        }
        "collection" => quoted(pick(rng, COLLECTIONS), rng, 75),
        "collectionid" => same(&format!(
            "gid://shopify/Collection/{}",
            rng.random_range(100_000_000u64..999_999_999)
        )),
        "catalogid" => same(&format!(
            "gid://shopify/CompanyLocationCatalog/{}",
            rng.random_range(10_000_000u64..99_999_999)
        )),
        "variantid" => same(&format!(
            "gid://shopify/ProductVariant/{}",
            rng.random_range(10_000_000u64..99_999_999)
        )),
        "currency" => {
            let (code, say) = CURRENCIES[rng.random_range(0..CURRENCIES.len())];
            Value {
                code: code.to_string(),
                say: say.to_string(),
            }
        }
        "reason" => {
            let (code, say) = RETURN_REASONS[rng.random_range(0..RETURN_REASONS.len())];
            Value {
                code: code.to_string(),
                say: say.to_string(),
            }
        }
        "method" => {
            let (code, say) = [
                ("PICK_UP", "pickup"),
                ("LOCAL", "local delivery"),
                ("SHIPPING", "shipping"),
            ][rng.random_range(0..3)];
            Value {
                code: code.to_string(),
                say: say.to_string(),
            }
        }
        "event" => quoted(
            pick(
                rng,
                &[
                    "Placed Order",
                    "VIP Order",
                    "Order Shipped",
                    "Big Order",
                    "Refund Made",
                    "Became Loyal",
                    "Wholesale Order",
                    "Gift Purchased",
                    "Subscription Started",
                    "Preorder Placed",
                    "Order Delivered",
                    "Loyalty Reached",
                    "First Purchase",
                    "Checkout Left",
                    "Order Cancelled",
                ],
            ),
            rng,
            55,
        ),
        "locationid" => same(&format!(
            "gid://shopify/Location/{}",
            rng.random_range(10_000_000u64..99_999_999)
        )),
        "segmentid" => same(&format!(
            "gid://shopify/Segment/{}",
            rng.random_range(10_000_000u64..99_999_999)
        )),
        "metakey" => {
            let space = pick(
                rng,
                &[
                    "custom", "custom", "custom", "shop", "info", "ops", "loyalty", "internal",
                ],
            );
            let key = pick(rng, METAKEYS);
            Value {
                code: format!(
                    "{{\"namespace\": \"{space}\", \"key\": \"{key}\", \"type\": \"single_line_text_field\"}}"
                ),
                say: format!("{space}.{key}"),
            }
        }
        "language" => {
            let (code, say) = LANGUAGES[rng.random_range(0..LANGUAGES.len())];
            Value {
                code: code.to_string(),
                say: say.to_string(),
            }
        }
        "weekday" => {
            let (code, name) = WEEKDAYS[rng.random_range(0..7)];
            Value {
                code: code.to_string(),
                say: if chance(rng, 25) {
                    name.to_lowercase()
                } else {
                    name.to_string()
                },
            }
        }
        "time" => time(rng),
        "person" => same(pick(rng, PEOPLE)),
        "team" => same(pick(rng, TEAMS)),
        "company" => quoted(&vendor(rng), rng, 85),
        "phone" => {
            let text = format!(
                "+{}{}",
                pick(rng, &["1555", "4420", "4930", "6125", "3314"]),
                rng.random_range(1_000_000..9_999_999)
            );
            same(&text)
        }
        "monthday" => {
            let day = pick_number(rng, &[1, 1, 1, 2, 5, 10, 15, 28]);
            Value {
                code: day.to_string(),
                say: match day {
                    1 => pick(rng, &["1st", "first"]).to_string(),
                    2 => "2nd".to_string(),
                    other => format!("{other}th"),
                },
            }
        }
        other => same(&format!("unknown-{other}")),
    }
}

fn pick_number(rng: &mut ChaCha8Rng, of: &[u32]) -> u32 {
    // Mostly the round numbers people use, sometimes any.
    if chance(rng, 78) {
        of[rng.random_range(0..of.len())]
    } else {
        let low = of.iter().min().copied().unwrap_or(1);
        let high = of.iter().max().copied().unwrap_or(10);
        rng.random_range(low..=high)
    }
}

const SMALL: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
];

fn number(value: u32, rng: &mut ChaCha8Rng) -> Value {
    let word = if chance(rng, 22) {
        match value {
            12 if chance(rng, 35) => Some("a dozen"),
            24 if chance(rng, 50) => Some("two dozen"),
            25 => Some("twenty-five"),
            30 => Some("thirty"),
            40 => Some("forty"),
            50 => Some("fifty"),
            75 => Some("seventy-five"),
            100 => Some("a hundred"),
            200 => Some("two hundred"),
            500 => Some("five hundred"),
            other => SMALL.get(other as usize).copied(),
        }
    } else {
        None
    };
    Value {
        code: value.to_string(),
        say: word.map_or_else(|| value.to_string(), ToString::to_string),
    }
}

fn money(rng: &mut ChaCha8Rng) -> Value {
    let value = match rng.random_range(0..100) {
        0..62 => pick_number(
            rng,
            &[
                10, 15, 20, 25, 30, 40, 50, 60, 75, 80, 100, 120, 150, 200, 250, 300, 350, 400,
                450, 500, 600, 750, 800, 1000, 1200, 1500, 2000, 2500, 3000, 5000, 10000,
            ],
        ),
        62..85 => rng.random_range(1..200) * 5,
        _ => rng.random_range(5..2500),
    };
    if chance(rng, 4) {
        let text = format!("{value}.{}", pick(rng, &["99", "50", "95"]));
        return Value {
            say: format!("{}{text}", pick(rng, &["$", "", "€", "£"])),
            code: text,
        };
    }
    let grouped = if value >= 1000 && chance(rng, 50) {
        format!("{},{:03}", value / 1000, value % 1000)
    } else {
        value.to_string()
    };
    let say = match rng.random_range(0..100) {
        0..46 => format!("${grouped}"),
        46..62 => grouped,
        62..70 => format!("{grouped} dollars"),
        70..76 => format!("€{grouped}"),
        76..80 => format!("{grouped} €"),
        80..85 => format!("£{grouped}"),
        85..88 => format!("{grouped} USD"),
        88..90 => format!("{grouped} EUR"),
        90..92 => format!("{grouped} bucks"),
        92..93 => {
            let sign = pick(rng, &["CA$", "A$", "NZ$", "US$", "S$", "¥", "₹", "R$"]);
            format!("{sign}{grouped}")
        }
        93..94 => format!("{grouped}$"),
        94..95 => {
            let word = pick(
                rng,
                &[
                    "euros", "euro", "pounds", "yen", "francs", "quid", "zl", "rand",
                ],
            );
            format!("{grouped} {word}")
        }
        95..97 => match rng.random_range(0..4) {
            0 => format!("kr {value}"),
            1 => format!("CHF {value}"),
            2 => format!("{value} SEK"),
            _ => format!("{value} kr"),
        },
        _ => spelled(value).unwrap_or_else(|| format!("${grouped}")),
    };
    Value {
        code: value.to_string(),
        say,
    }
}

fn spelled(value: u32) -> Option<String> {
    let hundreds = value / 100;
    if value.is_multiple_of(1000) && value <= 12_000 {
        if value == 0 {
            return None;
        }
        Some(format!("{} thousand", SMALL[(value / 1000) as usize]))
    } else if value.is_multiple_of(100) && hundreds <= 9 {
        Some(format!("{} hundred", SMALL[hundreds as usize]))
    } else {
        match value {
            10 => Some("ten dollars".to_string()),
            20 => Some("twenty".to_string()),
            25 => Some("twenty-five dollars".to_string()),
            50 => Some("fifty".to_string()),
            75 => Some("seventy-five dollars".to_string()),
            30 => Some("thirty euros".to_string()),
            40 => Some("forty pounds".to_string()),
            120 => Some("one hundred and twenty".to_string()),
            150 => Some("a hundred and fifty".to_string()),
            250 => Some("two hundred fifty dollars".to_string()),
            350 => Some("three hundred and fifty".to_string()),
            450 => Some("four hundred fifty".to_string()),
            750 => Some("seven hundred and fifty dollars".to_string()),
            1200 => Some("1.2k".to_string()),
            1500 => Some("1.5k".to_string()),
            2500 => Some("2.5k".to_string()),
            _ => None,
        }
    }
}

fn grams(rng: &mut ChaCha8Rng) -> Value {
    let kilos = pick_number(rng, &[1, 2, 3, 5, 10, 15, 20, 25, 30]);
    if chance(rng, 8) {
        // A pound is 453.6 grams; only the ones that people know by heart.
        let (pounds, grams) =
            [(1, 454), (2, 907), (5, 2268), (10, 4536), (20, 9072)][rng.random_range(0..5)];
        return Value {
            code: grams.to_string(),
            say: format!("{pounds}{}", pick(rng, &[" lb", " lbs", "lb", " pounds"])),
        };
    }
    if chance(rng, 70) {
        Value {
            code: (kilos * 1000).to_string(),
            say: format!(
                "{kilos}{}",
                pick(rng, &["kg", " kg", " kilos", " kilograms"])
            ),
        }
    } else {
        let grams = kilos * 500;
        Value {
            code: grams.to_string(),
            say: format!("{grams}{}", pick(rng, &["g", " g", " grams"])),
        }
    }
}

fn duration(rng: &mut ChaCha8Rng) -> Value {
    let (unit, values): (&str, &[u32]) = match rng.random_range(0..100) {
        0..15 => ("minutes", &[5, 10, 15, 20, 30, 45, 90]),
        15..45 => ("hours", &[1, 2, 3, 4, 6, 8, 12, 24, 36, 48]),
        45..88 => ("days", &[1, 2, 3, 4, 5, 7, 10, 14, 21, 30]),
        _ => ("weeks", &[1, 2, 3, 4, 6]),
    };
    let value = values[rng.random_range(0..values.len())];
    Value {
        code: format!("{unit}={value}"),
        say: say_span(value, unit, rng),
    }
}

fn say_span(value: u32, unit: &str, rng: &mut ChaCha8Rng) -> String {
    let single = unit.trim_end_matches('s');
    if value == 1 {
        let article = if single == "hour" { "an" } else { "a" };
        return match rng.random_range(0..3) {
            0 => format!("{article} {single}"),
            1 => format!("one {single}"),
            _ => format!("1 {single}"),
        };
    }
    match (SMALL.get(value as usize), chance(rng, 25)) {
        (Some(word), true) => format!("{word} {unit}"),
        _ => format!("{value} {unit}"),
    }
}

fn span(rng: &mut ChaCha8Rng) -> Value {
    let (unit, values): (&str, &[u32]) = match rng.random_range(0..100) {
        0..45 => (
            "days",
            &[1, 2, 3, 5, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180],
        ),
        45..60 => ("weeks", &[1, 2, 3, 4, 6, 8]),
        60..92 => ("months", &[1, 2, 3, 4, 6, 9, 12, 18]),
        _ => ("years", &[1, 2]),
    };
    let value = values[rng.random_range(0..values.len())];
    let single = unit.trim_end_matches('s');
    Value {
        code: if value == 1 {
            format!("1 {single}")
        } else {
            format!("{value} {unit}")
        },
        say: if (value, unit) == (6, "months") && chance(rng, 15) {
            "half a year".to_string()
        } else {
            say_span(value, unit, rng)
        },
    }
}

fn time(rng: &mut ChaCha8Rng) -> Value {
    let hour = rng.random_range(0..24u32);
    let minute = if chance(rng, 80) {
        0
    } else {
        [15, 30, 45][rng.random_range(0..3)]
    };
    let half = if hour < 12 { "am" } else { "pm" };
    let twelve = if hour % 12 == 0 { 12 } else { hour % 12 };
    let code = format!("{hour:02}:{minute:02}");
    let say = if hour == 0 && minute == 0 && chance(rng, 50) {
        "midnight".to_string()
    } else if hour == 12 && minute == 0 && chance(rng, 50) {
        "noon".to_string()
    } else if minute == 0 {
        match rng.random_range(0..5) {
            0 => code.clone(),
            1 => format!("{twelve} {half}"),
            2 if (5..12).contains(&hour) => format!("{twelve} in the morning"),
            3 => format!("{twelve}{}", half.to_uppercase()),
            _ => format!("{twelve}{half}"),
        }
    } else {
        match rng.random_range(0..3) {
            0 => code.clone(),
            1 => format!("{twelve}:{minute:02} {half}"),
            _ => format!("{twelve}:{minute:02}{half}"),
        }
    };
    Value { code, say }
}

fn quoted(text: &str, rng: &mut ChaCha8Rng, bare: u32) -> Value {
    let say = match rng.random_range(0..100) {
        p if p < bare => text.to_string(),
        p if p % 2 == 0 => format!("\"{text}\""),
        _ => format!("'{text}'"),
    };
    Value {
        code: text.to_string(),
        say,
    }
}

fn tag(rng: &mut ChaCha8Rng) -> Value {
    let first = pick(rng, TAG_FIRST);
    let second = pick(rng, TAG_SECOND);
    let text = match rng.random_range(0..100) {
        0..24 => pick(rng, TAGS).to_string(),
        24..54 => format!("{first}-{second}"),
        54..62 => format!("{first}_{second}"),
        62..70 => first.to_string(),
        70..75 => format!("{first} {second}"),
        75..80 => format!("{} {}", capital(first), capital(second)),
        80..85 => format!("{}-{}", capital(first), capital(second)),
        85..89 => first.to_uppercase(),
        89..92 => capital(first),
        92..94 => format!("{}:{}", second, first),
        94..96 => format!("{first}-{}", rng.random_range(1..99)),
        96..98 => format!("{first}{}", rng.random_range(2023..2028)),
        _ => format!("{first}-{second}-{}", pick(rng, TAG_SECOND)),
    };
    quoted(&text, rng, 62)
}

fn capital(text: &str) -> String {
    super::noise::capitalise(text)
}

fn letters(rng: &mut ChaCha8Rng, low: usize, high: usize) -> String {
    let length = rng.random_range(low..=high);
    (0..length)
        .map(|_| char::from(b'A' + rng.random_range(0..26)))
        .collect()
}

fn sku(rng: &mut ChaCha8Rng) -> String {
    match rng.random_range(0..4) {
        0 => format!("{}-{}", letters(rng, 2, 4), rng.random_range(1..9999)),
        1 => format!("{}{}", letters(rng, 1, 3), rng.random_range(100..99999)),
        2 => format!(
            "{}-{}-{}",
            letters(rng, 2, 3),
            rng.random_range(10..99),
            pick(rng, &["S", "M", "L", "XL", "BLK", "RED", "WHT"])
        ),
        _ => format!("{:05}", rng.random_range(0..99999)),
    }
}

fn discount_code(rng: &mut ChaCha8Rng) -> String {
    let word = pick(
        rng,
        &[
            "WELCOME",
            "SUMMER",
            "SAVE",
            "VIP",
            "STAFF",
            "FRIENDS",
            "BLACKFRIDAY",
            "LAUNCH",
            "INSTA",
            "TEAM",
            "SPRING",
            "LOYAL",
            "THANKYOU",
            "FIRST",
            "EARLY",
            "WINTER",
            "FLASH",
            "TIKTOK",
            "PODCAST",
            "HELLO",
            "COMEBACK",
            "BUNDLE",
            "XMAS",
            "GIFT",
            "PRESS",
        ],
    );
    if chance(rng, 75) {
        format!("{word}{}", pick_number(rng, &[5, 10, 15, 20, 25, 30, 50]))
    } else {
        word.to_string()
    }
}

/// A made-up vendor or company name.
fn vendor(rng: &mut ChaCha8Rng) -> String {
    let first = pick(rng, NAME_FIRST);
    match rng.random_range(0..100) {
        0..45 => first.to_string(),
        45..80 => format!("{first} {}", pick(rng, NAME_SECOND)),
        _ => format!("{} & {}", first, pick(rng, NAME_FIRST)),
    }
}

fn product(rng: &mut ChaCha8Rng) -> String {
    format!("{} {}", pick(rng, PRODUCT_FIRST), pick(rng, PRODUCT_SECOND))
}

/// A word that no one has seen before, so that only copying gets it right.
fn made_up(rng: &mut ChaCha8Rng) -> String {
    const STARTS: &[&str] = &[
        "br", "ch", "dr", "f", "gl", "h", "k", "kr", "l", "m", "n", "p", "qu", "r", "s", "st", "t",
        "tr", "v", "w", "z", "sch", "",
    ];
    const MIDDLES: &[&str] = &["a", "e", "i", "o", "u", "ai", "ee", "oo", "ou", "ie"];
    const ENDS: &[&str] = &[
        "ck", "l", "lm", "n", "nd", "r", "rt", "s", "st", "t", "x", "m", "v", "nn", "",
    ];
    let mut word = String::new();
    for _ in 0..rng.random_range(2..=3) {
        word.push_str(pick(rng, STARTS));
        word.push_str(pick(rng, MIDDLES));
        if chance(rng, 60) {
            word.push_str(pick(rng, ENDS));
        }
    }
    word
}

/// The name of an app that does not exist.
pub fn app_name(rng: &mut ChaCha8Rng) -> String {
    let word = capital(&made_up(rng));
    match rng.random_range(0..100) {
        0..35 => word,
        35..60 => {
            let end = pick(
                rng,
                &[
                    "ly", "ify", "Hub", "Flow", "Desk", "Box", "Send", "Loop", "Kit", "Mate",
                ],
            );
            format!("{word}{end}")
        }
        60..85 => {
            let what = pick(
                rng,
                &[
                    "Loyalty",
                    "Reviews",
                    "Shipping",
                    "Returns",
                    "Messenger",
                    "CRM",
                    "Inventory",
                    "Print",
                    "Rewards",
                    "Helpdesk",
                    "Marketing",
                    "ERP",
                ],
            );
            format!("{word} {what}")
        }
        _ => format!("{} {word}", pick(rng, NAME_FIRST)),
    }
}

fn domain(rng: &mut ChaCha8Rng) -> String {
    let first = if chance(rng, 35) {
        made_up(rng)
    } else {
        pick(rng, NAME_FIRST).to_lowercase()
    };
    let second = pick(rng, DOMAIN_SECOND);
    let end = if chance(rng, 42) {
        "com"
    } else {
        pick(rng, TOP_LEVEL)
    };
    let name = match rng.random_range(0..100) {
        0..28 => format!("{first}{second}"),
        28..54 => format!("{first}-{second}"),
        54..84 => first,
        84..90 => format!("{first}{}", rng.random_range(2..100)),
        90..94 => format!(
            "{}{first}",
            pick(rng, &["the", "my", "shop", "get", "hello"])
        ),
        94..97 => format!("{first}-and-{}", pick(rng, NAME_FIRST).to_lowercase()),
        _ => format!(
            "{first}-{second}-{}",
            pick(rng, &["eu", "uk", "us", "24", "hq"])
        ),
    };
    let below = if chance(rng, 9) {
        pick(
            rng,
            &["mail.", "eu.", "shop.", "team.", "uk.", "ops.", "m."],
        )
    } else {
        ""
    };
    format!("{below}{name}.{end}")
}

fn email(rng: &mut ChaCha8Rng) -> Value {
    let person = if chance(rng, 30) {
        made_up(rng)
    } else {
        pick(rng, PEOPLE).to_lowercase()
    };
    let family = if chance(rng, 40) {
        made_up(rng)
    } else {
        pick(rng, NAME_FIRST).to_lowercase()
    };
    let mailbox = pick(rng, MAILBOXES);
    let name = match rng.random_range(0..100) {
        0..40 => mailbox.to_string(),
        40..52 => person,
        52..66 => format!("{person}.{family}"),
        66..72 => format!("{}.{family}", person.chars().next().unwrap_or('a')),
        72..76 => format!("{}{family}", person.chars().next().unwrap_or('a')),
        76..79 => format!("{person}_{family}"),
        79..82 => format!("{person}-{family}"),
        82..86 => format!("{person}{}", rng.random_range(1..2000)),
        86..92 => format!(
            "{mailbox}+{}",
            pick(
                rng,
                &[
                    "shop", "flow", "alerts", "vip", "b2b", "shopify", "orders", "eu"
                ]
            )
        ),
        92..96 => format!(
            "{mailbox}-{}",
            pick(
                rng,
                &[
                    "eu", "uk", "us", "team", "berlin", "north", "2", "de", "apac"
                ]
            )
        ),
        _ => format!(
            "{mailbox}.{}",
            pick(
                rng,
                &["eu", "uk", "us", "berlin", "paris", "team", "dach", "west"]
            )
        ),
    };
    let text = if chance(rng, 12) {
        format!(
            "{name}@{}",
            pick(
                rng,
                &[
                    "example.com",
                    "gmail.com",
                    "outlook.com",
                    "icloud.com",
                    "yahoo.com",
                    "gmx.de",
                    "proton.me",
                    "hotmail.co.uk",
                    "web.de",
                    "live.nl"
                ]
            )
        )
    } else {
        format!("{name}@{}", domain(rng))
    };
    same(&text)
}

fn url(rng: &mut ChaCha8Rng) -> Value {
    let text = format!(
        "https://{}{}/{}",
        pick(rng, &["", "api.", "hooks.", "app.", "erp."]),
        domain(rng),
        pick(
            rng,
            &[
                "orders",
                "webhook",
                "shopify/orders",
                "v1/events",
                "incoming",
                "sync",
                "hooks/flow",
                "api/v2/orders",
                "notify",
                "ingest",
                "track",
                "push"
            ]
        )
    );
    same(&text)
}

/// The subject of an email, as a merchant would word it.
fn subject(rng: &mut ChaCha8Rng) -> Value {
    let text = match rng.random_range(0..100) {
        0..30 => pick(rng, SUBJECTS).to_string(),
        30..45 => pick(rng, NOTES).to_string(),
        45..80 => format!("{} {}", pick(rng, SUBJECT_FIRST), pick(rng, SUBJECT_SECOND)),
        _ => format!(
            "[{}] {} {}",
            pick(
                rng,
                &[
                    "Shop", "Flow", "Ops", "Store", "Alert", "Action", "FYI", "B2B"
                ]
            ),
            pick(rng, SUBJECT_FIRST),
            pick(rng, SUBJECT_SECOND)
        ),
    };
    let say = match rng.random_range(0..5) {
        0 | 1 => format!("'{text}'"),
        2 | 3 => format!("\"{text}\""),
        _ => text.clone(),
    };
    Value { code: text, say }
}

/// The text of an email or a message.
fn body(rng: &mut ChaCha8Rng) -> Value {
    let first = pick(rng, BODIES);
    let text = if chance(rng, 30) {
        let second = pick(rng, BODIES);
        if second == first {
            first.to_string()
        } else {
            format!("{first}. {second}")
        }
    } else {
        first.to_string()
    };
    let say = match rng.random_range(0..5) {
        0 | 1 => format!("'{text}'"),
        2 | 3 => format!("\"{text}\""),
        _ => text.clone(),
    };
    Value { code: text, say }
}

/// The name of a spreadsheet, a project or a board.
fn sheet(rng: &mut ChaCha8Rng) -> String {
    let word = pick(
        rng,
        &[
            "Orders",
            "Returns",
            "Refunds",
            "Sales",
            "Wholesale",
            "Stock",
            "Shipping",
            "Disputes",
            "Customer care",
            "Ops",
            "Invoices",
            "Paid orders",
            "Follow-ups",
            "Warehouse",
        ],
    );
    match rng.random_range(0..5) {
        0 => word.to_string(),
        1 => format!("{word} {}", rng.random_range(2024..2029)),
        2 => format!("{} {}", pick(rng, NAME_FIRST), word.to_lowercase()),
        3 => format!("{word} log"),
        _ => format!(
            "{word} {}",
            pick(rng, &["EU", "UK", "US", "Q1", "Q3", "inbox", "tracker"])
        ),
    }
}

fn note(rng: &mut ChaCha8Rng) -> Value {
    let text = pick(rng, NOTES).to_string();
    let say = match rng.random_range(0..3) {
        0 => format!("'{text}'"),
        1 => format!("\"{text}\""),
        _ => text.clone(),
    };
    Value { code: text, say }
}

const TAGS: &[&str] = &[
    "VIP",
    "vip",
    "wholesale",
    "Wholesale",
    "B2B",
    "preorder",
    "pre-order",
    "gift",
    "fragile",
    "rush",
    "express",
    "international",
    "domestic",
    "high-value",
    "big-order",
    "bulk",
    "repeat",
    "loyal",
    "gold",
    "silver",
    "platinum",
    "fraud-check",
    "needs-review",
    "review",
    "on-hold",
    "hold",
    "backorder",
    "returns",
    "returned",
    "refunded",
    "unpaid",
    "urgent",
    "priority",
    "subscriber",
    "newsletter",
    "clearance",
    "sale",
    "low-stock",
    "sold-out",
    "out-of-stock",
    "seasonal",
    "summer",
    "winter",
    "bundle",
    "sample",
    "local",
    "pickup",
    "pos",
    "online",
    "first-order",
    "new",
    "follow-up",
    "check-address",
    "hazmat",
    "oversized",
    "EU",
    "UK",
    "export",
    "tax-exempt",
    "influencer",
    "staff",
    "churned",
    "inactive",
    "whale",
    "bargain",
    "premium",
    "approved",
    "pending",
    "archive",
    "restock",
    "dropship",
    "custom-print",
    "engraving",
    "legacy",
];

const TAG_FIRST: &[&str] = &[
    "vip", "gold", "silver", "bronze", "high", "low", "big", "small", "large", "new", "repeat",
    "loyal", "first", "second", "fast", "slow", "late", "early", "rush", "heavy", "bulk", "retail",
    "trade", "partner", "press", "gift", "promo", "coupon", "discount", "holiday", "summer",
    "spring", "autumn", "winter", "xmas", "easter", "export", "import", "island", "remote",
    "nordic", "alpine", "coastal", "metro", "rural", "abroad", "overseas", "risk", "fraud",
    "manual", "auto", "hold", "pause", "check", "verify", "review", "audit", "escalate", "warn",
    "stock", "empty", "restock", "reorder", "supply", "vendor", "brand", "premium", "budget",
    "luxury", "basic", "pet", "garden", "kitchen", "outdoor", "sport", "beauty", "coffee", "tea",
    "wine", "book", "toy", "baby", "club", "member", "tier", "level", "points", "reward", "refund",
    "return", "exchange", "dispute", "cancel", "invoice", "unpaid", "paid", "deposit", "draft",
    "quote", "lead", "prospect", "churn", "lapsed", "dormant", "active", "student", "teacher",
    "nurse", "veteran", "senior", "local", "pickup", "courier", "pallet", "freight",
];

const TAG_SECOND: &[&str] = &[
    "order", "orders", "buyer", "customer", "client", "shopper", "spender", "product", "item",
    "items", "stock", "value", "review", "check", "hold", "alert", "flag", "list", "group", "tier",
    "club", "deal", "sale", "ship", "shipping", "delivery", "pickup", "zone", "region", "market",
    "account", "contact", "lead", "team", "queue", "followup", "priority", "status", "note",
    "case", "batch", "drop", "launch", "season", "promo", "offer", "return", "refund", "risk",
    "account", "needed", "done", "pending", "ready", "today", "weekly", "match",
];

const NAME_FIRST: &[&str] = &[
    "Northwind",
    "Bluebird",
    "Acorn",
    "Juniper",
    "Marlowe",
    "Hartley",
    "Sunfield",
    "Ironwood",
    "Lumen",
    "Solace",
    "Pinecrest",
    "Redstone",
    "Fernhill",
    "Oakline",
    "Silverleaf",
    "Tidewater",
    "Brightside",
    "Copperfield",
    "Driftwood",
    "Evergreen",
    "Foxglove",
    "Greystone",
    "Hollis",
    "Inkwell",
    "Jasper",
    "Kestrel",
    "Larkspur",
    "Maple",
    "Nimbus",
    "Orchid",
    "Peregrine",
    "Quill",
    "Ravenna",
    "Saltbox",
    "Thistle",
    "Umber",
    "Vireo",
    "Willow",
    "Yarrow",
    "Zephyr",
    "Almond",
    "Basalt",
    "Cinder",
    "Dahlia",
    "Ember",
    "Flint",
    "Ginkgo",
    "Heron",
    "Indigo",
    "Kodiak",
    "Linden",
    "Monarch",
    "Nectar",
    "Opal",
    "Poppy",
    "Quartz",
    "Rowan",
    "Sable",
    "Tamarack",
    "Vesper",
    "Wren",
    "Birch",
    "Cobalt",
    "Delta",
];

const NAME_SECOND: &[&str] = &[
    "Supply",
    "Goods",
    "Trading",
    "Studio",
    "Works",
    "Co",
    "Apparel",
    "Home",
    "Outfitters",
    "Coffee",
    "Labs",
    "Foods",
    "Textiles",
    "Ceramics",
    "Gear",
    "Naturals",
    "Imports",
    "Brands",
    "Design",
    "Wholesale",
    "Tea",
    "Paper",
    "Leather",
];

const DOMAIN_SECOND: &[&str] = &[
    "goods", "supply", "shop", "store", "trading", "home", "works", "studio", "co", "living",
    "apparel", "foods", "gear", "online", "group", "hq", "market", "brands", "outdoors", "kitchen",
    "mail", "uni", "school", "retail",
];

const MAILBOXES: &[&str] = &[
    "ops",
    "orders",
    "warehouse",
    "support",
    "sales",
    "finance",
    "team",
    "hello",
    "info",
    "shipping",
    "returns",
    "fraud",
    "purchasing",
    "buying",
    "inventory",
    "stock",
    "accounts",
    "billing",
    "office",
    "manager",
    "logistics",
    "dispatch",
    "care",
    "service",
    "b2b",
    "wholesale",
    "marketing",
    "owner",
    "admin",
    "alerts",
    "risk",
    "fulfillment",
    "procurement",
    "help",
    "contact",
    "studio",
    "production",
    "customs",
    "legal",
    "merch",
    "desk",
    "night",
    "claims",
    "disputes",
    "invoices",
    "reports",
    "planning",
    "quality",
    "store",
    "retail",
];

const PEOPLE: &[&str] = &[
    "Anna", "Ben", "Carla", "David", "Elena", "Felix", "Grace", "Hannah", "Ivan", "Julia", "Karim",
    "Lena", "Marco", "Nina", "Omar", "Paula", "Quentin", "Rosa", "Sam", "Tara", "Uma", "Victor",
    "Wendy", "Yusuf", "Zoe", "Priya", "Mei",
];

const TEAMS: &[&str] = &[
    "the warehouse",
    "our ops team",
    "the support team",
    "the sales team",
    "accounting",
    "the buying team",
    "our 3PL",
    "the shipping team",
    "the office",
    "finance",
    "the store manager",
    "our fulfillment guys",
    "the back office",
];

const PRODUCT_TYPES: &[&str] = &[
    "Shoes",
    "Jackets",
    "T-Shirt",
    "Candles",
    "Coffee",
    "Tea",
    "Gift Card",
    "Furniture",
    "Jewelry",
    "Necklace",
    "Books",
    "Poster",
    "Mugs",
    "Skincare",
    "Supplements",
    "Bikes",
    "Helmets",
    "Wine",
    "Cheese",
    "Plants",
    "Seeds",
    "Toys",
    "Puzzle",
    "Dresses",
    "Socks",
    "Hats",
    "Bags",
    "Backpack",
    "Rugs",
    "Lamps",
    "Vinyl",
    "Guitars",
    "Cables",
    "Batteries",
    "Knives",
    "Perfume",
    "Soap",
    "Snacks",
    "Dog Food",
    "Cat Toys",
    "Bedding",
    "Towels",
    "Sunglasses",
    "Watches",
    "Stickers",
    "Tools",
];

const PRODUCT_FIRST: &[&str] = &[
    "Linen", "Walnut", "Merino", "Classic", "Mini", "Travel", "Copper", "Organic", "Vintage",
    "Winter", "Cotton", "Ceramic", "Trail", "Canvas", "Silk", "Bamboo", "Sea Salt", "Oak",
    "Marble", "Nordic",
];

const PRODUCT_SECOND: &[&str] = &[
    "Throw",
    "Desk Lamp",
    "Tote",
    "Hoodie",
    "Planter",
    "Mug",
    "Notebook",
    "Blend",
    "Candle",
    "Scarf",
    "Sneaker",
    "Board",
    "Kettle",
    "Apron",
    "Wallet",
    "Blanket",
    "Bowl",
    "Jacket",
    "Backpack",
    "Soap",
];

const COUNTRIES: &[(&str, &[&str])] = &[
    ("US", &["the US", "the United States", "USA", "America"]),
    ("CA", &["Canada"]),
    ("GB", &["the UK", "United Kingdom", "Great Britain", "UK"]),
    ("DE", &["Germany"]),
    ("FR", &["France"]),
    ("IT", &["Italy"]),
    ("ES", &["Spain"]),
    ("NL", &["the Netherlands", "Netherlands", "Holland"]),
    ("BE", &["Belgium"]),
    ("AT", &["Austria"]),
    ("CH", &["Switzerland"]),
    ("SE", &["Sweden"]),
    ("NO", &["Norway"]),
    ("DK", &["Denmark"]),
    ("FI", &["Finland"]),
    ("IE", &["Ireland"]),
    ("PT", &["Portugal"]),
    ("PL", &["Poland"]),
    ("CZ", &["Czechia", "the Czech Republic"]),
    ("GR", &["Greece"]),
    ("HU", &["Hungary"]),
    ("RO", &["Romania"]),
    ("BG", &["Bulgaria"]),
    ("HR", &["Croatia"]),
    ("JP", &["Japan"]),
    ("CN", &["China"]),
    ("HK", &["Hong Kong"]),
    ("KR", &["South Korea", "Korea"]),
    ("TW", &["Taiwan"]),
    ("SG", &["Singapore"]),
    ("MY", &["Malaysia"]),
    ("TH", &["Thailand"]),
    ("VN", &["Vietnam"]),
    ("PH", &["the Philippines"]),
    ("ID", &["Indonesia"]),
    ("IN", &["India"]),
    ("AE", &["the UAE", "United Arab Emirates"]),
    ("SA", &["Saudi Arabia"]),
    ("IL", &["Israel"]),
    ("TR", &["Turkey"]),
    ("ZA", &["South Africa"]),
    ("NG", &["Nigeria"]),
    ("EG", &["Egypt"]),
    ("AU", &["Australia"]),
    ("NZ", &["New Zealand"]),
    ("MX", &["Mexico"]),
    ("BR", &["Brazil"]),
    ("AR", &["Argentina"]),
    ("CL", &["Chile"]),
    ("CO", &["Colombia"]),
    ("PE", &["Peru"]),
    ("IS", &["Iceland"]),
    ("EE", &["Estonia"]),
    ("LT", &["Lithuania"]),
    ("LV", &["Latvia"]),
    ("LU", &["Luxembourg"]),
    ("SK", &["Slovakia"]),
    ("SI", &["Slovenia"]),
    ("UA", &["Ukraine"]),
    ("MT", &["Malta"]),
    ("CY", &["Cyprus"]),
];

const PROVINCES: &[(&str, &str)] = &[
    ("CA", "California"),
    ("NY", "New York"),
    ("TX", "Texas"),
    ("FL", "Florida"),
    ("WA", "Washington"),
    ("OR", "Oregon"),
    ("HI", "Hawaii"),
    ("AK", "Alaska"),
    ("IL", "Illinois"),
    ("MA", "Massachusetts"),
    ("GA", "Georgia"),
    ("NV", "Nevada"),
    ("CO", "Colorado"),
    ("AZ", "Arizona"),
    ("NJ", "New Jersey"),
    ("PA", "Pennsylvania"),
    ("OH", "Ohio"),
    ("MI", "Michigan"),
    ("ON", "Ontario"),
    ("QC", "Quebec"),
    ("BC", "British Columbia"),
    ("AB", "Alberta"),
    ("NSW", "New South Wales"),
    ("VIC", "Victoria"),
    ("QLD", "Queensland"),
    ("UT", "Utah"),
    ("VT", "Vermont"),
    ("ME", "Maine"),
    ("TN", "Tennessee"),
];

const CITIES: &[&str] = &[
    "London",
    "Berlin",
    "Paris",
    "New York",
    "Toronto",
    "Sydney",
    "Melbourne",
    "Dublin",
    "Amsterdam",
    "Chicago",
    "Austin",
    "Seattle",
    "Vancouver",
    "Montreal",
    "Madrid",
    "Lisbon",
    "Vienna",
    "Zurich",
    "Oslo",
    "Stockholm",
    "Copenhagen",
    "Rome",
    "Milan",
    "Warsaw",
    "Tokyo",
    "Auckland",
    "Boston",
    "Denver",
    "Miami",
    "Portland",
    "Manchester",
    "Hamburg",
    "Munich",
];

const GATEWAYS: &[(&str, &str)] = &[
    ("paypal", "PayPal"),
    ("paypal", "paypal"),
    ("shopify_payments", "Shopify Payments"),
    ("Klarna", "Klarna"),
    ("bank_deposit", "bank deposit"),
    ("Cash on Delivery (COD)", "cash on delivery"),
    ("gift_card", "gift card"),
    ("manual", "manual payment"),
    ("Afterpay", "Afterpay"),
    ("Bank Transfer", "bank transfer"),
    ("Affirm", "Affirm"),
    ("Sezzle", "Sezzle"),
    ("Money Order", "money order"),
    ("Clearpay", "Clearpay"),
    ("Amazon Pay", "Amazon Pay"),
    ("iDEAL", "iDEAL"),
    ("Invoice", "Invoice"),
];

const SHIPPING: &[&str] = &[
    "Express",
    "Standard",
    "Next Day",
    "Overnight",
    "Free Shipping",
    "Economy",
    "Priority Mail",
    "Local Delivery",
    "Store Pickup",
    "DHL Express",
    "UPS Ground",
    "FedEx 2Day",
    "Royal Mail 24",
    "International",
    "Same Day",
    "Freight",
    "Saturday Delivery",
    "Tracked 48",
    "Courier",
    "White Glove",
];

const SOURCES: &[(&str, &str)] = &[
    ("pos", "POS"),
    ("pos", "the point of sale"),
    ("web", "the online store"),
    ("web", "web"),
    ("shopify_draft_order", "draft orders"),
    ("pos", "pos"),
    ("instagram", "Instagram"),
    ("facebook", "Facebook"),
    ("tiktok", "TikTok"),
    ("amazon", "Amazon"),
    ("ebay", "eBay"),
    ("google", "Google"),
];

const ATTRIBUTES: &[&str] = &[
    "gift_message",
    "delivery_date",
    "engraving",
    "utm_source",
    "utm_campaign",
    "Gift wrap",
    "click_ref",
    "pickup_slot",
    "referrer",
    "affiliate",
    "Delivery Date",
    "personalisation",
    "monogram",
    "po_reference",
    "how_heard",
    "gclid",
    "store_id",
    "sales_rep",
    "event_date",
    "vat_number",
    "birthday",
    "pet_name",
    "size_note",
    "partner_id",
];

const WORDS: &[&str] = &[
    "gift",
    "urgent",
    "rush",
    "fragile",
    "wholesale",
    "sample",
    "preorder",
    "custom",
    "engraved",
    "bundle",
    "refurbished",
    "vintage",
    "call",
    "allergy",
    "leave at door",
    "birthday",
    "no contact",
    "frozen",
    "organic",
    "limited",
    "subscription",
    "wedding",
    "deposit",
    "replacement",
    "warranty",
    "personalized",
    "invoice",
    "fedex",
    "dock",
    "hazard",
    "outlet",
    "kids",
];

const NOTES: &[&str] = &[
    "Check address before shipping",
    "Gift wrap this one",
    "Call the customer first",
    "VIP, add a handwritten card",
    "Ship with insurance",
    "Include a sample",
    "Pack with care",
    "Hold for manager",
    "Double check stock",
    "First order, add a welcome card",
    "Use the big box",
    "Needs an invoice in the parcel",
    "Do not ship before Monday",
    "Please verify ID",
    "Add a thank-you note",
    "Fragile, wrap twice",
    "Contact sales before changes",
    "Paid by transfer",
    "Export papers needed",
    "Returning customer",
    "Wholesale account",
    "Handle today",
    "Ask for a review",
    "Include catalogue",
    "Send tracking by hand",
];

const SUBJECTS: &[&str] = &[
    "New order",
    "Please check",
    "Big order in",
    "VIP order",
    "Stock is low",
    "Reorder needed",
    "Express order",
    "Return requested",
    "Attention needed",
    "Order to pack",
    "Heads up",
    "Action required",
    "Weekly reminder",
    "Cancelled order",
    "Chargeback",
    "Payment overdue",
    "Order from abroad",
    "Wholesale order",
    "Gift order",
    "Late order",
];

const SUBJECT_FIRST: &[&str] = &[
    "New",
    "Large",
    "Urgent",
    "Second",
    "Important",
    "Open",
    "Special",
    "Foreign",
    "First",
    "Late",
    "High value",
    "Missing",
    "Daily",
    "Weekly",
    "Unpaid",
    "Heavy",
    "Risky",
    "Custom",
];

const SUBJECT_SECOND: &[&str] = &[
    "order",
    "order received",
    "stock alert",
    "return",
    "request",
    "customer",
    "shipment",
    "refund",
    "delivery",
    "payment",
    "product",
    "report",
    "check needed",
    "order to review",
    "reminder",
    "pickup",
    "order today",
    "task",
];

const BODIES: &[&str] = &[
    "Please have a look at this order",
    "Pack this one first",
    "Call the customer before you ship",
    "Check the address and release it",
    "We are running low, please reorder",
    "A new order is waiting",
    "Please count the drawer",
    "Add a handwritten card",
    "Someone cancelled, please stop the parcel",
    "Remember to check the returns",
    "Prepare the invoice",
    "Customs papers are needed",
    "Please confirm the delivery date",
    "The customer is a regular",
    "Check the stock in the back room",
    "This one needs a second pair of eyes",
    "Thank you for taking care of it",
    "Do not ship before we have spoken",
    "Ship it today",
    "Time to place the supplier order",
    "Update the price tags",
    "Send the weekly numbers",
    "Look at the open drafts",
    "Please answer within a day",
];

const TOP_LEVEL: &[&str] = &[
    "co", "io", "net", "org", "de", "co.uk", "shop", "fr", "ca", "com.au", "store", "edu", "nl",
    "se", "dk", "no", "fi", "it", "es", "pt", "ie", "eu", "pl", "cz", "ch", "at", "be", "jp",
    "co.jp", "co.nz", "com.br", "com.mx", "in", "us", "info", "biz", "me", "app", "dev", "cafe",
    "coffee", "boutique", "clothing", "agency", "tech", "co.za", "com.sg", "studio", "design",
    "gr", "hu", "lt", "is", "toys", "wine",
];

const COLLECTIONS: &[&str] = &[
    "Summer Sale",
    "New Arrivals",
    "Best Sellers",
    "Clearance",
    "Winter",
    "Gifts",
    "Outlet",
    "Home",
    "Back in Stock",
    "Featured",
    "Last Chance",
    "Accessories",
    "Staff Picks",
    "Under 50",
    "Limited Edition",
    "Kids",
    "Pre-orders",
    "Archive",
];

const METAKEYS: &[&str] = &[
    "last_order_date",
    "tier",
    "points",
    "season",
    "material",
    "supplier",
    "lead_time",
    "warranty",
    "delivery_date",
    "care",
    "origin",
    "restock_date",
    "sales_rep",
    "customer_type",
    "first_order",
    "size_chart",
    "badge",
    "launch_date",
    "status",
    "score",
    "last_order_total",
    "cost_center",
    "in_stock_since",
    "internal_code",
    "gift_note",
];

const LANGUAGES: &[(&str, &str)] = &[
    ("fr", "French"),
    ("de", "German"),
    ("es", "Spanish"),
    ("it", "Italian"),
    ("nl", "Dutch"),
    ("pt", "Portuguese"),
    ("ja", "Japanese"),
    ("sv", "Swedish"),
    ("pl", "Polish"),
    ("da", "Danish"),
];

const CURRENCIES: &[(&str, &str)] = &[
    ("USD", "US dollars"),
    ("USD", "USD"),
    ("EUR", "euros"),
    ("EUR", "EUR"),
    ("GBP", "pounds"),
    ("GBP", "GBP"),
    ("CAD", "CAD"),
    ("AUD", "AUD"),
    ("JPY", "yen"),
    ("CHF", "CHF"),
];

const RETURN_REASONS: &[(&str, &str)] = &[
    ("DEFECTIVE", "defective"),
    ("WRONG_ITEM", "wrong item"),
    ("SIZE_TOO_SMALL", "size too small"),
    ("SIZE_TOO_LARGE", "size too large"),
    ("NOT_AS_DESCRIBED", "not as described"),
    ("UNWANTED", "unwanted"),
    ("COLOR", "color"),
    ("STYLE", "style"),
];

const WEEKDAYS: &[(&str, &str)] = &[
    ("MO", "Monday"),
    ("TU", "Tuesday"),
    ("WE", "Wednesday"),
    ("TH", "Thursday"),
    ("FR", "Friday"),
    ("SA", "Saturday"),
    ("SU", "Sunday"),
];
