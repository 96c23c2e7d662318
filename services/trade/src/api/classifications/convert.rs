//! `ConvertCommodities`.

use std::collections::{BTreeMap, BTreeSet};

use ::fault::Fault;
use accord_proto::trade::v1::{
    CommodityAmount, CommodityWeight, ConvertCommoditiesRequest, ConvertCommoditiesResponse,
};
use aip::Violations;
use identity::Caller;
use jiff::Timestamp;
use storage::{Error, Tx};
use tonic::Request;

use super::complete;
use crate::{
    api::{
        Api,
        convert::{self, classification},
        fault,
    },
    domain::{
        cell::HsEdition,
        classification::{
            Level,
            concordance::Map,
            conversion::{Conversion, Converted, Method, Weights, totals},
            level_of,
        },
        decimal::MAX_CENTS,
        growth::{ONE_PPM, share_ppm},
    },
    store::{
        self,
        classifications::{Source, SourceKind},
    },
};

const MAX_AMOUNTS: usize = 10_000;

/// A checked request.
struct Asked {
    from: HsEdition,
    to: HsEdition,
    amounts: Vec<CommodityAmount>,
    weights: Weights,
}

pub(crate) async fn run(
    api: &Api,
    request: Request<ConvertCommoditiesRequest>,
) -> Result<ConvertCommoditiesResponse, Fault> {
    Caller::of(&request)?.may_read()?;
    let asked = read(request.into_inner())?;
    let (from, to) = (asked.from, asked.to);
    let steps = api
        .database
        .read(move |tx| Box::pin(async move { steps(tx, from, to).await }))
        .await?;
    let conversion = Conversion::of(steps);
    check_weights(&asked.weights, &conversion)?;
    Ok(answer(&asked, &conversion))
}

fn read(request: ConvertCommoditiesRequest) -> Result<Asked, Fault> {
    let mut violations = Violations::new();
    let edition = |field, value| convert::needed(field, value, convert::enums::read_edition);
    let from = violations.take(edition("from_edition", request.from_edition));
    let to = violations.take(edition("to_edition", request.to_edition));
    if from.is_some() && from == to {
        violations.push("to_edition", "FIELD_INVALID", "must not be from_edition");
    }
    check_amounts(&request.amounts, &mut violations);
    let weights = read_weights(&request.weights, &mut violations);
    let (from, to) = complete(from.zip(to), violations)?;
    Ok(Asked {
        from,
        to,
        amounts: request.amounts,
        weights,
    })
}

fn check_amounts(amounts: &[CommodityAmount], violations: &mut Violations) {
    if amounts.is_empty() {
        violations.push("amounts", "FIELD_REQUIRED", "must have at least one");
    } else if amounts.len() > MAX_AMOUNTS {
        let description = format!("must be at most {MAX_AMOUNTS}, not {}", amounts.len());
        violations.push("amounts", "FIELD_INVALID", description);
        return;
    }
    for (index, amount) in amounts.iter().enumerate() {
        if !is_code(&amount.code) {
            let field = format!("amounts[{index}].code");
            violations.push(field, "FIELD_INVALID", "must be 2, 4 or 6 digits");
        }
        if !(0..=MAX_CENTS).contains(&amount.amount) {
            let field = format!("amounts[{index}].amount");
            violations.push(field, "FIELD_INVALID", format!("must be 0 to {MAX_CENTS}"));
        }
    }
    let sum: i128 = amounts.iter().map(|amount| i128::from(amount.amount)).sum();
    if i64::try_from(sum).is_err() {
        let description = format!("must add up to at most {}", i64::MAX);
        violations.push("amounts", "FIELD_INVALID", description);
    }
}

fn is_code(code: &str) -> bool {
    code.bytes().all(|byte| byte.is_ascii_digit()) && matches!(code.len(), 2 | 4 | 6)
}

pub(super) fn read_weights(weights: &[CommodityWeight], violations: &mut Violations) -> Weights {
    let mut read = Weights::new();
    if weights.len() > MAX_AMOUNTS {
        let description = format!("must be at most {MAX_AMOUNTS}, not {}", weights.len());
        violations.push("weights", "FIELD_INVALID", description);
        return read;
    }
    for (index, weight) in weights.iter().enumerate() {
        let at = |name: &str| format!("weights[{index}].{name}");
        for (name, code) in [
            ("from_code", &weight.from_code),
            ("to_code", &weight.to_code),
        ] {
            if !is_code(code) || level_of(code) != Some(Level::Subheading) {
                violations.push(at(name), "FIELD_INVALID", "must be 6 digits");
            }
        }
        let share = i64::from(weight.weight_ppm);
        if !(0..=ONE_PPM).contains(&share) {
            violations.push(at("weight_ppm"), "FIELD_INVALID", "must be 0 to 1000000");
        }
        let shares: &mut BTreeMap<String, i64> = read.entry(weight.from_code.clone()).or_default();
        if shares.insert(weight.to_code.clone(), share).is_some() {
            violations.push(at("to_code"), "DUPLICATE_VALUE", "stands there twice");
        }
    }
    for (code, shares) in &read {
        let sum: i64 = shares.values().sum();
        if sum != ONE_PPM {
            let description = format!("those of {code} must add up to 1000000, not {sum}");
            violations.push("weights", "FIELD_INVALID", description);
        }
    }
    read
}

/// Checks that weights lead only to codes that goods can have.
pub(super) fn check_weights(weights: &Weights, conversion: &Conversion) -> Result<(), Fault> {
    let mut violations = Violations::new();
    for (from, shares) in weights {
        let image = conversion.image(from);
        for to in shares.keys().filter(|to| !image.contains(to.as_str())) {
            let description = format!("goods of {from} cannot have become {to}");
            violations.push("weights", "FIELD_INVALID", description);
        }
    }
    Ok(violations.finish()?)
}

/// Reads the steps of the way from one edition to another.
pub(in crate::api) async fn steps(
    tx: &mut Tx,
    from: HsEdition,
    to: HsEdition,
) -> Result<Vec<Map>, Fault> {
    way(tx, from, to)
        .await?
        .map_err(|missing| fault::concordance_missing(&missing))
}

/// Reads the steps of the way from one edition to another, or the earlier ones of the editions without a concordance.
pub(in crate::api) async fn way(
    tx: &mut Tx,
    from: HsEdition,
    to: HsEdition,
) -> Result<Result<Vec<Map>, Vec<HsEdition>>, Error> {
    let is_forward = from < to;
    let (first, last) = if is_forward { (from, to) } else { (to, from) };
    let mut steps = Vec::new();
    let mut missing = Vec::new();
    for earlier in HsEdition::all().filter(|edition| (first..last).contains(edition)) {
        match store::correspondences::get(tx, earlier).await? {
            Some(concordance) if is_forward => steps.push(concordance.forward()),
            Some(concordance) => steps.push(concordance.backward()),
            None => missing.push(earlier),
        }
    }
    if !missing.is_empty() {
        return Ok(Err(missing));
    }
    if !is_forward {
        steps.reverse();
    }
    Ok(Ok(steps))
}

/// Returns the concordances of a way, by their earlier editions, that were imported after the moment that a question
/// is about: they are not kept by time.
pub(in crate::api) async fn later(
    tx: &mut Tx,
    (from, to): (HsEdition, HsEdition),
    known: Timestamp,
    recorded_before: Option<Timestamp>,
) -> Result<BTreeSet<HsEdition>, Error> {
    let way = from.min(to)..from.max(to);
    let sources = store::classifications::sources(tx).await?;
    let is_later = |source: &Source| {
        let time = source.update_time;
        source.kind == SourceKind::Concordance
            && way.contains(&source.edition)
            && (time > known || recorded_before.is_some_and(|bound| time >= bound))
    };
    let later = sources.iter().filter(|source| is_later(source));
    Ok(later.map(|source| source.edition).collect())
}

fn answer(asked: &Asked, conversion: &Conversion) -> ConvertCommoditiesResponse {
    let mut parts: Vec<Converted> = Vec::new();
    let mut unknown = Vec::new();
    for amount in &asked.amounts {
        match conversion.convert(&amount.code, amount.amount, &asked.weights) {
            Some(converted) => parts.extend(converted),
            None => unknown.push(amount.clone()),
        }
    }
    let whole: i64 = parts.iter().map(|part| part.amount).sum();
    let exact: i64 = parts
        .iter()
        .filter(|part| part.method == Method::Exact)
        .map(|part| part.amount)
        .sum();
    let totals = totals(parts.iter().map(|part| (part.to.as_str(), part.amount)));
    let totals = totals.into_iter().map(|(code, amount)| CommodityAmount {
        code: code.to_owned(),
        amount,
    });
    ConvertCommoditiesResponse {
        totals: totals.collect(),
        amounts: parts.iter().map(classification::show_converted).collect(),
        unknown,
        exact_share_ppm: share_ppm(exact, whole).and_then(|share| i32::try_from(share).ok()),
    }
}
