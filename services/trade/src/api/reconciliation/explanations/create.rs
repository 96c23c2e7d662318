//! `CreateMirrorExplanation`.

use std::sync::Arc;

use ::fault::Fault;
use accord_proto::trade::v1::{CreateMirrorExplanationRequest, MirrorExplanation};
use aip::Violations;
use identity::Caller;
use jiff::Timestamp;
use ledger::{Call, Change, ChangeKind};
use storage::Tx;
use tonic::Request;

use super::super::scene::Scene;
use crate::{
    api::{
        Api,
        convert::{
            explanation::{read, show},
            mirror::Placed,
        },
        fault,
    },
    domain::{
        cell::Commodity,
        explanation::{Claim, Explanation, Figures, MAX_OPEN, Subject},
        group::Level,
        name::{MirrorExplanationName, PartnershipName},
    },
    store,
};

const METHOD: &str = "accord.trade.v1.ReconciliationService/CreateMirrorExplanation";

pub(in crate::api) async fn run(
    api: &Api,
    request: Request<CreateMirrorExplanationRequest>,
) -> Result<MirrorExplanation, Fault> {
    let caller = Caller::of(&request)?.clone();
    caller.may_edit()?;
    let request = request.into_inner();
    let mut violations = Violations::new();
    let call = Call::new(METHOD, &caller, &request, &mut violations);
    let parent = violations.take(PartnershipName::parse("parent", &request.parent));
    let id = aip::parse_id("mirror_explanation_id", &request.mirror_explanation_id);
    let id = violations.take(id);
    let claim = read_claim(&request, &mut violations);
    violations.finish()?;
    let (Some(parent), Some(id), Some(claim)) = (parent, id, claim) else {
        return Err(fault::unreported());
    };
    let party = speaking(&caller, &claim.subject)?;
    let name = MirrorExplanationName::new(parent.partnership, id);
    let input = Arc::new((caller, party, name, claim));
    api.journal
        .mutate(call, move |tx, stamp| {
            let input = Arc::clone(&input);
            Box::pin(async move {
                let (caller, party, name, claim) = &*input;
                let full_name = name.to_string();
                if store::explanations::get(tx, &full_name).await?.is_some() {
                    return Err(Fault::already_exists(fault::EXPLANATION, &full_name));
                }
                let figures = standing(tx, &name.partnership, &claim.subject, stamp.now).await?;
                let open =
                    store::explanations::count_open(tx, &name.partnership, &claim.subject).await?;
                if usize::try_from(open).is_ok_and(|open| open >= MAX_OPEN) {
                    return Err(fault::explanations_too_many());
                }
                let explanation = Explanation {
                    name: full_name,
                    uid: stamp.new_uid().to_string(),
                    revision: 1,
                    party: party.clone(),
                    agency: caller.agency.clone(),
                    claim: claim.clone(),
                    figures,
                    dispute: None,
                    acceptance: None,
                    withdrawal: None,
                    create_time: stamp.now,
                    update_time: stamp.now,
                };
                store::explanations::insert(tx, &name.partnership, &explanation).await?;
                let shown = show(&explanation);
                let change = Change::of(&explanation.name, ChangeKind::Created, &shown);
                Ok((shown, vec![change]))
            })
        })
        .await
}

fn read_claim(
    request: &CreateMirrorExplanationRequest,
    violations: &mut Violations,
) -> Option<Claim> {
    let Some(explanation) = &request.mirror_explanation else {
        violations.push("mirror_explanation", "FIELD_REQUIRED", "must be set");
        return None;
    };
    read(explanation)
        .map_err(|found| violations.merge_under("mirror_explanation", found))
        .ok()
}

/// Returns the party that the caller gives the word of: the exporter or the importer.
fn speaking(caller: &Caller, subject: &Subject) -> Result<String, Fault> {
    let party = if caller.party.as_deref() == Some(&subject.importer) {
        &subject.importer
    } else {
        &subject.exporter
    };
    caller.speaks_for(party)?;
    Ok(party.clone())
}

/// Returns the figures that stand now.
async fn standing(
    tx: &mut Tx,
    partnership: &str,
    subject: &Subject,
    now: Timestamp,
) -> Result<Figures, Fault> {
    let scene = Scene {
        partnership: partnership.to_owned(),
        parties: [subject.exporter.clone(), subject.importer.clone()],
        known: now,
        recorded_before: None,
        factor_ppm: None,
    };
    let period = subject.period;
    let is_own = |own: &Placed| {
        own.exporter == subject.exporter
            && own.edition == subject.commodity.edition()
            && own.codes.contains(subject.commodity.code())
    };
    let placed = match level(&subject.commodity) {
        None => {
            let totals = scene
                .totals(tx, (period.first_year(), period.year()))
                .await?;
            let direction = (subject.exporter.as_str(), subject.importer.as_str());
            Some(scene.window(&totals, direction, period))
        }
        Some(level) => {
            let code = subject.commodity.code();
            let books = scene.books(tx, period, level, code).await?;
            scene.cells(&books, period).into_iter().find(is_own)
        }
    };
    placed
        .filter(|own| own.row.exports.figure().is_some() || own.row.imports.figure().is_some())
        .map(|own| own.figures())
        .ok_or_else(|| fault::mirror_figures_missing(subject))
}

/// The level of a code; none for all commodities together.
fn level(commodity: &Commodity) -> Option<Level> {
    match commodity {
        Commodity::Total => None,
        Commodity::Heading { code, .. } if code.len() == 2 => Some(Level::Chapter),
        Commodity::Heading { code, .. } if code.len() == 4 => Some(Level::Heading),
        Commodity::Heading { .. } => Some(Level::Subheading),
    }
}
