//! Countries by the words people have for them.
//!
//! Codes are those of ISO 3166-1 that Shopify's `CountryCode` has; names are English ones, with the words
//! for their people and a few names in the language of the country.

use std::collections::BTreeSet;

use super::near;

/// Words that mean countries without naming one.
const REGIONS: &[&str] = &[
    "abroad",
    "africa",
    "african",
    "america",
    "americas",
    "asia",
    "asian",
    "benelux",
    "border",
    "borders",
    "continent",
    "countries",
    "country",
    "dach",
    "domestic",
    "elsewhere",
    "emea",
    "eu",
    "europe",
    "european",
    "export",
    "exports",
    "foreign",
    "foreigner",
    "foreigners",
    "home",
    "inland",
    "international",
    "internationally",
    "land",
    "nordic",
    "nordics",
    "overseas",
    "scandinavia",
    "scandinavian",
    "union",
    "world",
    "worldwide",
];

/// Codes that are words of their own in lower case.
const WORDS: &[&str] = &[
    "ad", "am", "as", "at", "be", "by", "de", "do", "id", "in", "io", "is", "it", "la", "ma", "me",
    "my", "no", "pa", "pm", "so", "st", "to", "tv", "us",
];

/// The codes of the countries that a text names. `None` where it speaks of countries and names none, so
/// that any may be meant.
pub(super) fn countries(text: &str) -> Option<BTreeSet<&'static str>> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric() && c != '.')
        .map(|word| word.trim_matches('.'))
        .filter(|word| !word.is_empty())
        .collect();
    let mut found: BTreeSet<&'static str> = BTreeSet::new();
    for (code, names) in COUNTRIES {
        let named = names.iter().any(|name| stands(&words, name));
        let coded = text
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word == *code)
            || (!WORDS.contains(&code.to_lowercase().as_str())
                && words.contains(&code.to_lowercase().as_str()));
        if named || coded {
            found.insert(code);
        }
    }
    if found.is_empty() {
        // A name with a slip in it.
        for (code, names) in COUNTRIES {
            let meant = |name: &&str| words.iter().any(|word| near(word, name));
            if names.iter().any(meant) {
                found.insert(code);
            }
        }
    }
    let vague = words.iter().any(|word| REGIONS.contains(word));
    match found.is_empty() && vague {
        true => None,
        false => Some(found),
    }
}

/// Whether a name of one or more words stands in a text.
fn stands(words: &[&str], name: &str) -> bool {
    let name: Vec<&str> = name
        .split([' ', '-'])
        .map(|word| word.trim_matches('.'))
        .collect();
    words.windows(name.len()).any(|window| window == name)
}

/// Code and names, in lower case.
const COUNTRIES: &[(&str, &[&str])] = &[
    ("AC", &["ascension island"]),
    ("AD", &["andorra"]),
    ("AE", &["united arab emirates", "uae", "emirates", "dubai"]),
    ("AF", &["afghanistan"]),
    ("AG", &["antigua"]),
    ("AI", &["anguilla"]),
    ("AL", &["albania"]),
    ("AM", &["armenia"]),
    ("AN", &["netherlands antilles"]),
    ("AO", &["angola"]),
    ("AQ", &["antarctica"]),
    ("AR", &["argentina", "argentinian", "argentine"]),
    ("AS", &["american samoa"]),
    ("AT", &["austria", "austrian", "österreich"]),
    (
        "AU",
        &[
            "australia",
            "australian",
            "aussie",
            "aussies",
            "down under",
            "oz",
        ],
    ),
    ("AW", &["aruba"]),
    ("AX", &["åland"]),
    ("AZ", &["azerbaijan"]),
    ("BA", &["bosnia"]),
    ("BB", &["barbados"]),
    ("BD", &["bangladesh"]),
    ("BE", &["belgium", "belgian", "belgien"]),
    ("BF", &["burkina faso"]),
    ("BG", &["bulgaria", "bulgarian"]),
    ("BH", &["bahrain"]),
    ("BI", &["burundi"]),
    ("BJ", &["benin"]),
    ("BL", &["st barthelemy", "st barts"]),
    ("BM", &["bermuda"]),
    ("BN", &["brunei"]),
    ("BO", &["bolivia"]),
    ("BQ", &["caribbean netherlands", "bonaire"]),
    ("BR", &["brazil", "brazilian", "brasil"]),
    ("BS", &["bahamas"]),
    ("BT", &["bhutan"]),
    ("BV", &["bouvet island"]),
    ("BW", &["botswana"]),
    ("BY", &["belarus"]),
    ("BZ", &["belize"]),
    ("CA", &["canada", "canadian", "canadians"]),
    ("CC", &["cocos islands"]),
    (
        "CD",
        &["dr congo", "democratic republic of the congo", "congo"],
    ),
    ("CF", &["central african republic"]),
    ("CG", &["congo"]),
    ("CH", &["switzerland", "swiss", "schweiz"]),
    ("CI", &["côte d'ivoire", "ivory coast"]),
    ("CK", &["cook islands"]),
    ("CL", &["chile", "chilean"]),
    ("CM", &["cameroon"]),
    ("CN", &["china", "chinese"]),
    ("CO", &["colombia", "colombian"]),
    ("CR", &["costa rica"]),
    ("CU", &["cuba"]),
    ("CV", &["cape verde"]),
    ("CW", &["curaçao", "curacao"]),
    ("CX", &["christmas island"]),
    ("CY", &["cyprus"]),
    ("CZ", &["czech republic", "czechia", "czech", "tschechien"]),
    ("DE", &["germany", "german", "germans", "deutschland"]),
    ("DJ", &["djibouti"]),
    ("DK", &["denmark", "danish", "danes", "dänemark"]),
    ("DM", &["dominica"]),
    ("DO", &["dominican republic"]),
    ("DZ", &["algeria"]),
    ("EC", &["ecuador"]),
    ("EE", &["estonia", "estonian"]),
    ("EG", &["egypt", "egyptian"]),
    ("EH", &["western sahara"]),
    ("ER", &["eritrea"]),
    ("ES", &["spain", "spanish", "españa", "spanien"]),
    ("ET", &["ethiopia"]),
    ("FI", &["finland", "finnish", "finns", "finnland"]),
    ("FJ", &["fiji"]),
    ("FK", &["falkland islands"]),
    ("FM", &["micronesia"]),
    ("FO", &["faroe islands"]),
    ("FR", &["france", "french", "frankreich"]),
    ("GA", &["gabon"]),
    (
        "GB",
        &[
            "united kingdom",
            "uk",
            "u.k.",
            "great britain",
            "britain",
            "british",
            "england",
            "english",
            "scotland",
            "scottish",
            "wales",
            "welsh",
            "northern ireland",
            "gb",
        ],
    ),
    ("GD", &["grenada"]),
    ("GE", &["georgia"]),
    ("GF", &["french guiana"]),
    ("GG", &["guernsey"]),
    ("GH", &["ghana"]),
    ("GI", &["gibraltar"]),
    ("GL", &["greenland"]),
    ("GM", &["gambia"]),
    ("GN", &["guinea"]),
    ("GP", &["guadeloupe"]),
    ("GQ", &["equatorial guinea"]),
    ("GR", &["greece", "greek"]),
    ("GS", &["south georgia"]),
    ("GT", &["guatemala"]),
    ("GU", &["guam"]),
    ("GW", &["guinea-bissau"]),
    ("GY", &["guyana"]),
    ("HK", &["hong kong"]),
    ("HM", &["heard island"]),
    ("HN", &["honduras"]),
    ("HR", &["croatia", "croatian"]),
    ("HT", &["haiti"]),
    ("HU", &["hungary", "hungarian"]),
    ("ID", &["indonesia", "indonesian"]),
    ("IE", &["ireland", "irish", "eire"]),
    ("IL", &["israel", "israeli"]),
    ("IM", &["isle of man"]),
    ("IN", &["india", "indian"]),
    ("IO", &["british indian ocean territory"]),
    ("IQ", &["iraq"]),
    ("IR", &["iran"]),
    ("IS", &["iceland", "icelandic"]),
    ("IT", &["italy", "italian", "italia", "italien"]),
    ("JE", &["jersey"]),
    ("JM", &["jamaica"]),
    ("JO", &["jordan"]),
    ("JP", &["japan", "japanese"]),
    ("KE", &["kenya", "kenyan"]),
    ("KG", &["kyrgyzstan"]),
    ("KH", &["cambodia"]),
    ("KI", &["kiribati"]),
    ("KM", &["comoros"]),
    ("KN", &["st kitts"]),
    ("KP", &["north korea"]),
    ("KR", &["south korea", "korea", "korean"]),
    ("KW", &["kuwait"]),
    ("KY", &["cayman islands"]),
    ("KZ", &["kazakhstan"]),
    ("LA", &["laos"]),
    ("LB", &["lebanon"]),
    ("LC", &["st lucia"]),
    ("LI", &["liechtenstein"]),
    ("LK", &["sri lanka"]),
    ("LR", &["liberia"]),
    ("LS", &["lesotho"]),
    ("LT", &["lithuania", "lithuanian"]),
    ("LU", &["luxembourg", "luxemburg"]),
    ("LV", &["latvia", "latvian"]),
    ("LY", &["libya"]),
    ("MA", &["morocco", "moroccan"]),
    ("MC", &["monaco"]),
    ("MD", &["moldova"]),
    ("ME", &["montenegro"]),
    ("MF", &["st martin"]),
    ("MG", &["madagascar"]),
    ("MH", &["marshall islands"]),
    ("MK", &["north macedonia", "macedonia"]),
    ("ML", &["mali"]),
    ("MM", &["myanmar", "burma"]),
    ("MN", &["mongolia"]),
    ("MO", &["macau", "macao"]),
    ("MP", &["northern mariana islands"]),
    ("MQ", &["martinique"]),
    ("MR", &["mauritania"]),
    ("MS", &["montserrat"]),
    ("MT", &["malta", "maltese"]),
    ("MU", &["mauritius"]),
    ("MV", &["maldives"]),
    ("MW", &["malawi"]),
    ("MX", &["mexico", "mexican"]),
    ("MY", &["malaysia", "malaysian"]),
    ("MZ", &["mozambique"]),
    ("NA", &["namibia"]),
    ("NC", &["new caledonia"]),
    ("NE", &["niger"]),
    ("NF", &["norfolk island"]),
    ("NG", &["nigeria", "nigerian"]),
    ("NI", &["nicaragua"]),
    (
        "NL",
        &[
            "netherlands",
            "holland",
            "dutch",
            "niederlande",
            "nederland",
        ],
    ),
    (
        "NO",
        &["norway", "norwegian", "norwegians", "norwegen", "norge"],
    ),
    ("NP", &["nepal"]),
    ("NR", &["nauru"]),
    ("NU", &["niue"]),
    ("NZ", &["new zealand", "kiwi", "kiwis", "aotearoa"]),
    ("OM", &["oman"]),
    ("PA", &["panama"]),
    ("PE", &["peru", "peruvian"]),
    ("PF", &["french polynesia"]),
    ("PG", &["papua new guinea"]),
    ("PH", &["philippines", "filipino", "philippine"]),
    ("PK", &["pakistan", "pakistani"]),
    ("PL", &["poland", "polish", "polen"]),
    ("PM", &["st pierre"]),
    ("PN", &["pitcairn"]),
    ("PR", &["puerto rico"]),
    ("PS", &["palestine"]),
    ("PT", &["portugal", "portuguese"]),
    ("PW", &["palau"]),
    ("PY", &["paraguay"]),
    ("QA", &["qatar"]),
    ("RE", &["réunion", "reunion"]),
    ("RO", &["romania", "romanian"]),
    ("RS", &["serbia", "serbian"]),
    ("RU", &["russia", "russian"]),
    ("RW", &["rwanda"]),
    ("SA", &["saudi arabia", "saudi"]),
    ("SB", &["solomon islands"]),
    ("SC", &["seychelles"]),
    ("SD", &["sudan"]),
    ("SE", &["sweden", "swedish", "swedes", "schweden"]),
    ("SG", &["singapore", "singaporean"]),
    ("SH", &["st helena"]),
    ("SI", &["slovenia", "slovenian"]),
    ("SJ", &["svalbard"]),
    ("SK", &["slovakia", "slovak"]),
    ("SL", &["sierra leone"]),
    ("SM", &["san marino"]),
    ("SN", &["senegal"]),
    ("SO", &["somalia"]),
    ("SR", &["suriname"]),
    ("SS", &["south sudan"]),
    ("ST", &["sao tome"]),
    ("SV", &["el salvador"]),
    ("SX", &["st maarten"]),
    ("SY", &["syria"]),
    ("SZ", &["eswatini", "swaziland"]),
    ("TA", &["tristan da cunha"]),
    ("TC", &["turks and caicos"]),
    ("TD", &["chad"]),
    ("TF", &["french southern territories"]),
    ("TG", &["togo"]),
    ("TH", &["thailand", "thai"]),
    ("TJ", &["tajikistan"]),
    ("TK", &["tokelau"]),
    ("TL", &["east timor", "timor-leste"]),
    ("TM", &["turkmenistan"]),
    ("TN", &["tunisia"]),
    ("TO", &["tonga"]),
    ("TR", &["turkey", "turkish", "türkiye"]),
    ("TT", &["trinidad"]),
    ("TV", &["tuvalu"]),
    ("TW", &["taiwan", "taiwanese"]),
    ("TZ", &["tanzania"]),
    ("UA", &["ukraine", "ukrainian"]),
    ("UG", &["uganda"]),
    ("UM", &["us minor outlying islands"]),
    (
        "US",
        &[
            "united states",
            "america",
            "american",
            "americans",
            "usa",
            "u.s",
            "u.s.a",
            "the us",
            "from us",
            "in us",
            "us only",
            "us orders",
            "us customers",
            "us buyers",
            "the states",
            "stateside",
        ],
    ),
    ("UY", &["uruguay"]),
    ("UZ", &["uzbekistan"]),
    ("VA", &["vatican"]),
    ("VC", &["st vincent"]),
    ("VE", &["venezuela"]),
    ("VG", &["british virgin islands"]),
    ("VI", &["us virgin islands"]),
    ("VN", &["vietnam", "vietnamese", "viet nam"]),
    ("VU", &["vanuatu"]),
    ("WF", &["wallis"]),
    ("WS", &["samoa"]),
    ("XK", &["kosovo"]),
    ("YE", &["yemen"]),
    ("YT", &["mayotte"]),
    ("ZA", &["south africa", "south african"]),
    ("ZM", &["zambia"]),
    ("ZW", &["zimbabwe"]),
    ("ZZ", &["unknown region"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<Vec<&'static str>> {
        countries(text).map(|codes| codes.into_iter().collect())
    }

    #[test]
    fn countries_are_found_by_their_names() {
        for (text, codes) in [
            ("goes to Norway", &["NO"][..]),
            ("ships to the UK or Ireland", &["GB", "IE"]),
            ("German and Swiss buyers", &["CH", "DE"]),
            ("to DE, AT or CH", &["AT", "CH", "DE"]),
            ("Northern Ireland postcodes", &["GB", "IE"]),
            ("orders from the us", &["US"]),
            ("ship it to them", &[]),
            ("we sell to nz and fr", &["FR", "NZ"]),
            ("parcels for Switzerlnd", &["CH"]),
            ("orders to New Zealand", &["NZ"]),
        ] {
            assert_eq!(found(text).as_deref(), Some(codes), "{text}");
        }
        assert_eq!(found("people ordering from abroad"), None);
    }
}
