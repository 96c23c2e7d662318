//! Explanations of gaps in the contract.

use accord_proto::trade::v1::{self, mirror_explanation};
use aip::{Violation, Violations, etag, text};

use super::{
    enums,
    mirror::{read_component, show_component},
    needed, optional, release, timestamp,
};
use crate::domain::{
    cell::{Commodity, CommodityError},
    decimal::MAX_CENTS,
    explanation::{Claim, Explanation, State as Standing, Statement, Subject},
    name::DocumentName,
    period::Period,
};

const MAX_TEXT: usize = 2_000;

/// Shows what has become of an explanation.
pub(crate) fn show_state(state: Standing) -> mirror_explanation::State {
    match state {
        Standing::Proposed => mirror_explanation::State::Proposed,
        Standing::Disputed => mirror_explanation::State::Disputed,
        Standing::Accepted => mirror_explanation::State::Accepted,
        Standing::Withdrawn => mirror_explanation::State::Withdrawn,
    }
}

/// Shows an explanation.
pub(crate) fn show(explanation: &Explanation) -> v1::MirrorExplanation {
    let claim = &explanation.claim;
    let subject = &claim.subject;
    let said = |party: &str, said: &Option<Statement>| {
        said.as_ref().map(|said| v1::MirrorStatement {
            party: party.to_owned(),
            agency: said.agency.clone(),
            reason: said.reason.clone(),
            time: Some(timestamp(said.time)),
        })
    };
    let other = explanation.other_party();
    v1::MirrorExplanation {
        name: explanation.name.clone(),
        uid: explanation.uid.clone(),
        party: explanation.party.clone(),
        agency: explanation.agency.clone(),
        exporter: subject.exporter.clone(),
        importer: subject.importer.clone(),
        period: subject.period.to_string(),
        commodity: subject.commodity.code().to_owned(),
        hs_edition: enums::show_edition(subject.commodity.edition()),
        category: show_component(claim.category),
        text: claim.text.clone(),
        amount_cents: claim.amount_cents,
        document: claim.document.clone(),
        source_uri: claim.source_uri.clone(),
        state: show_state(explanation.state()) as i32,
        export_cents: explanation.figures.export_cents,
        import_cents: explanation.figures.import_cents,
        releases: explanation.figures.releases.clone(),
        dispute: said(other, &explanation.dispute),
        acceptance: said(other, &explanation.acceptance),
        withdrawal: said(&explanation.party, &explanation.withdrawal),
        create_time: Some(timestamp(explanation.create_time)),
        update_time: Some(timestamp(explanation.update_time)),
        etag: etag::of(&explanation.uid, explanation.revision),
    }
}

/// Reads what an author says; paths in violations begin below the explanation.
pub(crate) fn read(explanation: &v1::MirrorExplanation) -> Result<Claim, Violations> {
    let mut violations = Violations::new();
    let exporter = violations.take(text::country("exporter", &explanation.exporter));
    let importer = violations.take(text::country("importer", &explanation.importer));
    if exporter.is_some() && exporter == importer {
        violations.push("importer", "FIELD_INVALID", "must not be the exporter");
    }
    let period = violations.take(read_period(&explanation.period));
    let commodity = violations.take(read_commodity(explanation));
    let category = violations.take(needed("category", explanation.category, read_component));
    if explanation.text.trim().is_empty() {
        violations.push("text", "FIELD_REQUIRED", "must be set");
    }
    let words = violations.take(text::lines("text", &explanation.text, MAX_TEXT));
    let amount = explanation.amount_cents;
    if amount.is_some_and(|amount| !(-MAX_CENTS..=MAX_CENTS).contains(&amount)) {
        let description = format!("must be -{MAX_CENTS} to {MAX_CENTS}");
        violations.push("amount_cents", "FIELD_INVALID", description);
    }
    if !explanation.document.is_empty() {
        violations.take(DocumentName::parse("document", &explanation.document));
    }
    let source_uri = violations.take(release::optional_uri(&explanation.source_uri));
    match (
        exporter, importer, period, commodity, category, words, source_uri,
    ) {
        (
            Some(exporter),
            Some(importer),
            Some(period),
            Some(commodity),
            Some(category),
            Some(words),
            Some(source_uri),
        ) if violations.is_empty() => Ok(Claim {
            subject: Subject {
                exporter,
                importer,
                period,
                commodity,
            },
            category,
            text: words,
            amount_cents: amount,
            document: explanation.document.clone(),
            source_uri,
        }),
        _ => Err(violations),
    }
}

fn read_period(text: &str) -> Result<Period, Violation> {
    crate::api::query::breakdown::request::read_period("period", text)
}

fn read_commodity(explanation: &v1::MirrorExplanation) -> Result<Commodity, Violation> {
    let invalid =
        |field: &str, description: &str| Err(Violation::new(field, "FIELD_INVALID", description));
    let edition = optional("hs_edition", explanation.hs_edition, enums::read_edition)?;
    match Commodity::parse(&explanation.commodity, edition) {
        Ok(Commodity::Total) if edition.is_some() => {
            invalid("hs_edition", "goes only with an HS code")
        }
        Ok(commodity) if matches!(commodity.code().len(), 2 | 4 | 6) || edition.is_none() => {
            Ok(commodity)
        }
        Ok(_) | Err(CommodityError::Code) => invalid(
            "commodity",
            "must be TOTAL or an HS code of 2, 4 or 6 digits",
        ),
        Err(CommodityError::EditionMissing) => {
            let description = "must be set beside an HS code";
            Err(Violation::new("hs_edition", "FIELD_REQUIRED", description))
        }
    }
}
