//! Workflows to start from: programs in the Python form, in `server/templates`, one file each.
//!
//! A file begins with comments that name it (`# name: …`, `# category: …`, `# description: …`, and
//! `# needs: …` when it uses a connector); the rest is the program.

use std::sync::LazyLock;

use flow::python;
use flow::{Catalog, Workflow};

/// The headings of the gallery, in its order.
pub const CATEGORIES: [&str; 9] = [
    "Orders",
    "Customers",
    "Inventory and products",
    "Fulfillment",
    "Risk",
    "Promotions",
    "Loyalty",
    "B2B",
    "Buyer experience",
];

/// A workflow to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// Names it in addresses; the name of its file.
    pub slug: &'static str,
    pub name: &'static str,
    /// One of [`CATEGORIES`].
    pub category: &'static str,
    /// What it does, in one sentence.
    pub description: &'static str,
    /// The connector it needs.
    pub needs: Option<&'static str>,
    /// In the Python form.
    pub program: &'static str,
}

macro_rules! files {
    ($($slug:literal)*) => {
        [$(($slug, include_str!(concat!("../templates/", $slug, ".py")))),*]
    };
}

/// Every file, by name and with its text.
const FILES: &[(&str, &str)] = &files! {
    "add-new-arrivals"
    "alert-moved-fulfillments"
    "announce-big-orders-in-slack"
    "announce-discount-codes"
    "apologise-for-refunds"
    "archive-delivered-orders"
    "archive-sold-out-products"
    "cancel-high-risk-orders"
    "capture-low-risk-payments"
    "copy-product-handles-to-order"
    "copy-product-tags-to-customer"
    "daily-unfulfilled-report"
    "delete-variants-after-a-week"
    "drop-new-tag"
    "flag-different-addresses"
    "flag-orders-with-note"
    "gift-card-for-tenth-order"
    "give-points-in-loyaltylion"
    "hide-sold-out-products"
    "hold-high-risk-orders"
    "hold-orders-for-half-an-hour"
    "log-line-items-in-sheet"
    "log-orders-in-sheet"
    "loyalty-tiers"
    "mark-variants-at-zero"
    "note-last-order-on-customer"
    "payment-terms-for-new-locations"
    "publish-restocked-products"
    "redirect-archived-products"
    "remind-of-due-payments"
    "remind-unpaid-orders"
    "report-disputes"
    "report-late-orders"
    "report-low-stock"
    "report-return-requests"
    "report-untracked-items"
    "request-fulfillment-of-paid-orders"
    "send-access-to-contacts"
    "tag-contest-entries"
    "tag-draft-orders"
    "tag-high-value-orders"
    "tag-international-orders"
    "tag-new-products-by-vendor"
    "tag-newsletter-subscribers"
    "tag-orders-by-discount-code"
    "tag-orders-by-shipping-method"
    "tag-orders-on-hold"
    "tag-presale-orders"
    "tag-quiet-customers"
    "tag-repeat-customers"
    "tag-vip-customers"
    "tell-team-about-cancelled-fulfillments"
    "tell-team-about-segment"
    "text-when-ready-for-pickup"
    "thank-second-order-with-code"
    "ticket-for-cancelled-orders"
    "untag-fulfilled-orders"
    "untag-released-orders"
    "weekly-sold-out-report"
    "welcome-companies"
    "welcome-new-customers"
    "win-back-abandoned-carts"
};

static ALL: LazyLock<Vec<Template>> = LazyLock::new(|| {
    let mut all: Vec<Template> = FILES.iter().map(|(slug, text)| read(slug, text)).collect();
    let place = |template: &Template| {
        CATEGORIES
            .iter()
            .position(|category| *category == template.category)
    };
    all.sort_by_key(|template| (place(template), template.name));
    all
});

/// Every template, by category and name.
pub fn all() -> &'static [Template] {
    &ALL
}

/// The template with this slug.
pub fn find(slug: &str) -> Option<&'static Template> {
    all().iter().find(|template| template.slug == slug)
}

impl Template {
    /// The workflow; tasks are looked up in a catalogue with all connectors.
    pub fn workflow(&self, catalog: &Catalog) -> Workflow {
        let mut workflow = python::parse(self.program, catalog).workflow;
        workflow.name = self.name.to_string();
        workflow
    }
}

fn read(slug: &'static str, text: &'static str) -> Template {
    let mut template = Template {
        slug,
        name: slug,
        category: "",
        description: "",
        needs: None,
        program: text,
    };
    while let Some(rest) = template.program.strip_prefix("# ") {
        let (line, program) = rest.split_once('\n').unwrap_or((rest, ""));
        template.program = program;
        match line.split_once(": ") {
            Some(("name", value)) => template.name = value,
            Some(("category", value)) => template.category = value,
            Some(("description", value)) => template.description = value,
            Some(("needs", value)) => template.needs = Some(value),
            _ => {}
        }
    }
    template
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use flow::check::Severity;

    use super::*;

    #[test]
    fn every_file_of_the_folder_is_a_template() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
        let files: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| {
                let name = entry.unwrap().file_name().into_string().unwrap();
                name.strip_suffix(".py").map(str::to_string)
            })
            .collect();
        let known: BTreeSet<String> = all()
            .iter()
            .map(|template| template.slug.to_string())
            .collect();
        assert_eq!(files, known);
        assert!(known.len() >= 40, "{}", known.len());
    }

    #[test]
    fn every_template_says_what_it_is() {
        let mut names = BTreeSet::new();
        for template in all() {
            assert!(names.insert(template.name), "{} twice", template.name);
            assert!(CATEGORIES.contains(&template.category), "{}", template.slug);
            assert!(template.description.ends_with('.'), "{}", template.slug);
            assert!(template.program.starts_with('@'), "{}", template.slug);
        }
        for category in CATEGORIES {
            assert!(
                all().iter().any(|template| template.category == category),
                "{category} is empty"
            );
        }
    }

    #[test]
    fn every_template_reads_checks_and_comes_back_the_same() {
        let catalog = Catalog::builtin();
        for template in all() {
            let parsed = python::parse(template.program, &catalog);
            assert_eq!(parsed.findings, [], "{}", template.slug);
            let workflow = template.workflow(&catalog);
            for finding in flow::check::check(&workflow, &catalog) {
                assert!(
                    finding.severity != Severity::Error && finding.code == "TASK_ID_GUESSED",
                    "{}: {}",
                    template.slug,
                    finding.message
                );
            }
            let printed = python::print(&workflow, &catalog);
            assert_eq!(
                python::parse(&printed, &catalog).workflow,
                workflow,
                "{}",
                template.slug
            );
        }
    }

    #[test]
    fn connectors_that_a_template_uses_are_named() {
        let catalog = Catalog::builtin();
        for template in all() {
            let used: BTreeSet<String> = template
                .workflow(&catalog)
                .steps
                .iter()
                .filter_map(|step| catalog.task(&step.task_id)?.connector.clone())
                .collect();
            let named: BTreeSet<String> = template.needs.into_iter().map(str::to_string).collect();
            assert_eq!(used, named, "{}", template.slug);
        }
    }
}
