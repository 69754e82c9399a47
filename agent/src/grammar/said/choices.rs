//! Values of enums that a request can mean.
//!
//! What a status is called is a matter of wording, so those that people speak of stay open. A country or
//! a currency has to be named, and a value that hardly anyone speaks of has to share a word with what was
//! said; a field none of whose values can be meant is not offered.

use std::collections::BTreeSet;

use super::countries::countries;
use super::near;

/// Enums whose values people paraphrase: any of them may be meant.
const SPOKEN_OF: &[&str] = &[
    "AbandonmentAbandonmentType",
    "AbandonmentEmailState",
    "CustomerEmailAddressMarketingState",
    "CustomerEmailMarketingState",
    "CustomerPredictedSpendTier",
    "CustomerRfmGroup",
    "CustomerSmsMarketingState",
    "CustomerState",
    "DeliveryMethodType",
    "DiscountClass",
    "DisputeStatus",
    "DisputeType",
    "DraftOrderStatus",
    "FulfillmentDisplayStatus",
    "FulfillmentEventStatus",
    "FulfillmentHoldReason",
    "FulfillmentOrderRequestStatus",
    "FulfillmentOrderStatus",
    "FulfillmentStatus",
    "InventoryShipmentStatus",
    "InventoryTransferStatus",
    "MetaobjectStatus",
    "OrderCancelReason",
    "OrderDisplayFinancialStatus",
    "OrderDisplayFulfillmentStatus",
    "OrderReturnStatus",
    "OrderRiskLevel",
    "OrderRiskRecommendationResult",
    "OrderTransactionErrorCode",
    "OrderTransactionKind",
    "OrderTransactionStatus",
    "ProductStatus",
    "ProductVariantInventoryPolicy",
    "RefundLineItemRestockType",
    "ReturnDeclineReason",
    "ReturnReason",
    "ReturnStatus",
    "RiskAssessmentResult",
    "ShopifyPaymentsDisputeReason",
    "ShopifyProtectStatus",
    "SubscriptionBillingAttemptErrorCode",
    "SubscriptionContractLastBillingErrorType",
    "SubscriptionContractLastPaymentStatus",
    "SubscriptionContractSubscriptionStatus",
    "WeightUnit",
];

/// Currencies by the words people have for them, in lower case.
const CURRENCIES: &[(&str, &[&str])] = &[
    ("AED", &["dirham", "dirhams"]),
    ("AUD", &["australian", "aussie", "dollar", "dollars"]),
    ("BRL", &["real", "reais"]),
    ("CAD", &["canadian", "loonies", "dollar", "dollars"]),
    ("CHF", &["franc", "francs", "franken", "swiss"]),
    ("CNY", &["yuan", "renminbi", "rmb"]),
    ("CZK", &["koruna", "crown", "crowns"]),
    ("DKK", &["krone", "kroner", "kr", "danish"]),
    ("EUR", &["euro", "euros", "€"]),
    ("GBP", &["pound", "pounds", "sterling", "quid", "£"]),
    ("HKD", &["hong", "dollar", "dollars"]),
    ("HUF", &["forint", "forints"]),
    ("ILS", &["shekel", "shekels"]),
    ("INR", &["rupee", "rupees", "₹"]),
    ("ISK", &["krona", "kronur", "kr"]),
    ("JPY", &["yen", "¥"]),
    ("KRW", &["won", "₩"]),
    ("MXN", &["peso", "pesos"]),
    ("NOK", &["krone", "kroner", "kr", "norwegian"]),
    ("NZD", &["zealand", "dollar", "dollars"]),
    ("PLN", &["zloty", "zlotys"]),
    ("RON", &["leu", "lei"]),
    ("SEK", &["krona", "kronor", "kr", "swedish"]),
    ("SGD", &["singapore", "dollar", "dollars"]),
    ("TRY", &["lira", "liras"]),
    (
        "USD",
        &["dollar", "dollars", "bucks", "$", "us", "american"],
    ),
    ("ZAR", &["rand"]),
];

/// Stands for two fields that are compared in the workflow at hand.
const SAME: &str = "=";

/// Letters that two words share at their beginning when one means the other: `paus` of `paused`.
const STEM: usize = 4;

/// What was said, prepared for many enums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Choices {
    words: Vec<String>,
    countries: Option<BTreeSet<&'static str>>,
    /// Words in capitals of the workflow at hand: they stay possible.
    current: BTreeSet<String>,
}

impl Choices {
    pub(super) fn of(text: &str, current: &str) -> Choices {
        let lower = text.to_lowercase();
        let mut words: Vec<String> = lower
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(str::to_string)
            .collect();
        words.extend(
            lower
                .chars()
                .filter(|c| !c.is_alphanumeric() && !c.is_ascii() || *c == '$')
                .map(|c| c.to_string()),
        );
        let mut known: BTreeSet<String> = current
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|word| word.len() > 1 && !word.chars().any(char::is_lowercase))
            .map(str::to_string)
            .collect();
        let beside = |sign: &str| {
            current
                .split(sign)
                .skip(1)
                .any(|rest| rest.starts_with(char::is_lowercase))
        };
        if beside(" == ") || beside(" != ") {
            known.insert(SAME.to_string());
        }
        Choices {
            words,
            countries: countries(text),
            current: known,
        }
    }

    /// The values of an enum that may be meant.
    pub(super) fn meant<'a>(&self, name: &str, values: &'a [String]) -> Vec<&'a str> {
        if SPOKEN_OF.contains(&name) {
            return values.iter().map(String::as_str).collect();
        }
        let meant = |value: &&String| {
            self.current.contains(*value)
                || match name {
                    "CountryCode" | "PrivacyCountryCode" => self
                        .countries
                        .as_ref()
                        .is_none_or(|codes| codes.contains(value.as_str())),
                    "CurrencyCode" => self.currency(value),
                    _ => self.shared(value),
                }
        };
        values.iter().filter(meant).map(String::as_str).collect()
    }

    /// Whether two fields of this enum may be compared with each other: two addresses, or two
    /// currencies.
    pub(super) fn compares(&self, name: &str) -> bool {
        const ADDRESSES: &[&str] = &[
            "abroad",
            "addresses",
            "billing",
            "countries",
            "country",
            "differ",
            "different",
            "domestic",
            "foreign",
            "international",
            "match",
            "matches",
            "mismatch",
        ];
        const CURRENCIES: &[&str] = &["currencies", "currency", "foreign", "money"];
        let words = match name {
            "CountryCode" => ADDRESSES,
            _ => CURRENCIES,
        };
        self.words.iter().any(|word| words.contains(&word.as_str())) || self.current.contains(SAME)
    }

    fn currency(&self, code: &str) -> bool {
        let named = CURRENCIES
            .iter()
            .filter(|(other, _)| *other == code)
            .flat_map(|(_, names)| names.iter());
        self.words.contains(&code.to_lowercase())
            || named
                .into_iter()
                .any(|name| self.words.iter().any(|word| word == name))
    }

    /// Whether a word of the value was said, or one that begins like it.
    fn shared(&self, value: &str) -> bool {
        value.to_lowercase().split('_').any(|part| {
            let stem: String = part.chars().take(STEM).collect();
            self.words.iter().any(|word| {
                word == part || (part.len() >= STEM && word.starts_with(&stem)) || near(word, part)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(name: &str, values: &[&str], text: &str) -> Vec<String> {
        let values: Vec<String> = values.iter().map(|value| value.to_string()).collect();
        let choices = Choices::of(text, "if order.currencyCode == \"JPY\":");
        choices
            .meant(name, &values)
            .into_iter()
            .map(str::to_string)
            .collect()
    }

    #[test]
    fn what_was_named_can_be_meant() {
        let currencies = ["USD", "EUR", "SEK", "JPY", "GBP"];
        assert_eq!(
            meant("CurrencyCode", &currencies, "paid in kronor"),
            ["SEK", "JPY"]
        );
        assert_eq!(
            meant("CurrencyCode", &currencies, "over £30"),
            ["JPY", "GBP"]
        );
        let countries = ["NO", "SE", "DE"];
        assert_eq!(
            meant("CountryCode", &countries, "no orders to Sweden"),
            ["SE"]
        );
        assert_eq!(meant("CountryCode", &countries, "tag it vip"), [""; 0]);
        assert_eq!(
            meant("CountryCode", &countries, "people from abroad"),
            countries
        );
        let terms = ["RECEIPT", "NET", "FIXED", "FULFILLMENT", "UNKNOWN"];
        assert_eq!(
            meant("PaymentTermsType", &terms, "with net 30 terms"),
            ["NET"]
        );
        assert_eq!(
            meant("PaymentTermsType", &terms, "paid in something else"),
            [""; 0]
        );
        assert_eq!(
            meant("ProductStatus", &["ACTIVE", "DRAFT"], "goes live"),
            ["ACTIVE", "DRAFT"]
        );
    }
}
