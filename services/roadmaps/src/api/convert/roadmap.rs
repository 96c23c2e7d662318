//! Roadmaps.

use std::collections::BTreeSet;

use accord_proto::roadmaps::v1 as contract;
use aip::{Violation, Violations, text};
use jiff::{civil::Date, tz::TimeZone};

use super::{date, purge_time, time, titles};
use crate::domain::{
    name::{BaselineName, DocumentName, RebaselineName},
    region::{NotListed, Regions},
    roadmap::{Period, Place, Plan, Roadmap, Source, State},
    side::Side,
};

/// The contract's limits.
const MAX_SOURCES: usize = 50;
const MAX_NOTE_CHARS: usize = 2_000;
const MAX_REGION_NAME_CHARS: usize = 200;
const MAX_BODY_CHARS: usize = 300;
const MAX_DECLARED_WEIGHT: i64 = 1_000_000_000;

/// What a caller says of a roadmap, and the codes that it is found by.
#[derive(Clone, Debug)]
pub(in crate::api) struct Given {
    pub(in crate::api) plan: Plan,
    pub(in crate::api) region_codes: BTreeSet<String>,
}

/// Reads the fields that callers set. Region codes are checked on the signing day, or on `today`.
pub(in crate::api) fn read(
    given: &contract::Roadmap,
    partnership: &str,
    today: Date,
) -> Result<Given, Violations> {
    let mut violations = Violations::new();
    let titles = titles::read(&given.titles, &mut violations);
    let period = period(given.period.as_ref(), &mut violations);
    let signed_on = violations.take(aip::convert::optional_date(
        "signing_date",
        given.signing_date.as_ref(),
    ));
    let day = signed_on.flatten().unwrap_or(today);
    let places = places(&given.sides, day, &mut violations);
    let source_document = violations.take(source_document(&given.source_document, partnership));
    let sources = sources(&given.sources, &mut violations);
    let declared_weight = violations.take(declared_weight(given.declared_total_weight));
    violations.clone().finish()?;
    let read = || {
        let (places, region_codes) = places?;
        Some(Given {
            plan: Plan {
                titles,
                places,
                period: period?,
                signed_on: signed_on?,
                source_document: source_document?,
                sources,
                declared_weight: declared_weight?,
            },
            region_codes,
        })
    };
    read().ok_or(violations)
}

fn declared_weight(given: i64) -> Result<Option<i64>, Violation> {
    match given {
        0 => Ok(None),
        1..=MAX_DECLARED_WEIGHT => Ok(Some(given)),
        _ => Err(Violation::new(
            "declared_total_weight",
            "VALUE_OUT_OF_RANGE",
            "must be 0 to 1,000,000,000",
        )),
    }
}

fn period(given: Option<&contract::Period>, violations: &mut Violations) -> Option<Period> {
    let Some(given) = given else {
        violations.push("period", "FIELD_REQUIRED", "must be set");
        return None;
    };
    let start = violations.take(aip::convert::date(
        "period.start_date",
        given.start_date.as_ref(),
    ));
    let end = violations.take(aip::convert::date(
        "period.end_date",
        given.end_date.as_ref(),
    ));
    let (start, end) = (start?, end?);
    if end < start {
        violations.push("period.end_date", "PERIOD_INVALID", "is before start_date");
        return None;
    }
    Some(Period { start, end })
}

type Places = ([Place; 2], BTreeSet<String>);

fn places(
    given: &[contract::RoadmapSide],
    day: Date,
    violations: &mut Violations,
) -> Option<Places> {
    let mut region_codes = BTreeSet::new();
    let mut places = Vec::new();
    for (index, side) in given.iter().enumerate() {
        let mut found = Violations::new();
        if let Some((place, codes)) = place(side, day, &mut found) {
            places.push(place);
            region_codes.extend(codes);
        }
        violations.merge_under(&format!("sides[{index}]"), found);
    }
    match given {
        [] => violations.push("sides", "FIELD_REQUIRED", "must be set"),
        [first, second] if first.party == second.party && !first.party.is_empty() => {
            violations.push(
                "sides[1].party",
                "VALUE_REPEATED",
                "must differ from the first side's",
            );
        }
        [_, _] => {}
        _ => violations.push("sides", "VALUE_OUT_OF_RANGE", "must be exactly two"),
    }
    let places: [Place; 2] = places.try_into().ok()?;
    Some((places, region_codes))
}

fn place(
    given: &contract::RoadmapSide,
    day: Date,
    violations: &mut Violations,
) -> Option<(Place, BTreeSet<String>)> {
    let party = violations.take(text::country("party", &given.party));
    let code = violations.take(text::region("region_code", &given.region_code));
    let name = violations.take(text::optional(
        "region_name",
        &given.region_name,
        MAX_REGION_NAME_CHARS,
    ));
    let signing_body = violations.take(text::optional(
        "signing_body",
        &given.signing_body,
        MAX_BODY_CHARS,
    ));
    let (party, region_code) = (party?, code?);
    if region_code.split('-').next() != Some(party.as_str()) {
        violations.push(
            "region_code",
            "REGION_INVALID",
            format!("must be a region of {party}"),
        );
        return None;
    }
    let (name_then, codes) = violations.take(listed(&party, &region_code, day))?;
    let name = name?;
    let region_name = if name.is_empty() { name_then } else { name };
    if region_name.is_empty() {
        violations.take::<()>(Err(Violation::new(
            "region_name",
            "FIELD_REQUIRED",
            format!("must be set: the regions of {party} are not known here"),
        )));
        return None;
    }
    let place = Place {
        party,
        region_code,
        region_name,
        signing_body: signing_body?,
    };
    Some((place, codes))
}

/// The name of a region on a day, empty where its country's list is not known, and all its codes.
fn listed(party: &str, code: &str, day: Date) -> Result<(String, BTreeSet<String>), Violation> {
    let regions = Regions::shipped();
    if !regions.covers(party) {
        return Ok((String::new(), BTreeSet::from([code.to_owned()])));
    }
    let region = regions.on(code, day).map_err(|not_listed| {
        let description = match not_listed {
            NotListed::Unknown => format!("{code} is not a region of {party} in ISO 3166-2"),
            NotListed::NotOnThatDay { code_then: None } => {
                format!("{code} is not valid on {day}")
            }
            NotListed::NotOnThatDay {
                code_then: Some(then),
            } => format!("{code} is not valid on {day}; the region's code on that day is {then}"),
        };
        Violation::new("region_code", "REGION_NOT_VALID_ON_DATE", description)
    })?;
    Ok((region.name, region.codes))
}

fn source_document(given: &str, partnership: &str) -> Result<Option<DocumentName>, Violation> {
    if given.is_empty() {
        return Ok(None);
    }
    let name = DocumentName::parse("source_document", given)?;
    if name.partnership != partnership {
        return Err(Violation::new(
            "source_document",
            "NAME_INVALID",
            format!("must be a document of partnerships/{partnership}"),
        ));
    }
    Ok(Some(name))
}

fn sources(given: &[contract::Source], violations: &mut Violations) -> Vec<Source> {
    if given.len() > MAX_SOURCES {
        violations.push("sources", "VALUE_OUT_OF_RANGE", "must be at most 50");
    }
    let mut sources = Vec::new();
    for (index, source) in given.iter().take(MAX_SOURCES).enumerate() {
        let uri = violations.take(text::uri(&format!("sources[{index}].uri"), &source.uri));
        let field = format!("sources[{index}].note");
        let note = violations.take(text::lines(&field, &source.note, MAX_NOTE_CHARS));
        if let (Some(uri), Some(note)) = (uri, note) {
            sources.push(Source { uri, note });
        }
    }
    sources
}

/// Writes a roadmap as callers see it and as the ledger keeps it.
pub(in crate::api) fn write(roadmap: &Roadmap) -> contract::Roadmap {
    let plan = &roadmap.plan;
    let sides: Vec<(contract::RoadmapSide, BTreeSet<String>)> = Side::BOTH
        .into_iter()
        .map(|side| write_side(roadmap, side))
        .collect();
    let region_codes: BTreeSet<&String> = sides.iter().flat_map(|(_, codes)| codes).collect();
    contract::Roadmap {
        name: roadmap.name.to_string(),
        uid: roadmap.uid.to_string(),
        titles: titles::write(&plan.titles),
        period: Some(contract::Period {
            start_date: Some(date(plan.period.start)),
            end_date: Some(date(plan.period.end)),
        }),
        signing_date: plan.signed_on.map(date),
        source_document: plan
            .source_document
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        sources: plan
            .sources
            .iter()
            .map(|source| contract::Source {
                uri: source.uri.clone(),
                note: source.note.clone(),
            })
            .collect(),
        state: state(roadmap.state()),
        plan_revision: roadmap.plan_revision,
        declared_total_weight: roadmap.plan.declared_weight.unwrap_or(0),
        adopt_time: roadmap.adopted().map(time),
        close_time: roadmap.closed().map(time),
        region_codes: region_codes.into_iter().cloned().collect(),
        create_time: Some(time(roadmap.created)),
        update_time: Some(time(roadmap.updated)),
        delete_time: roadmap.deleted.map(time),
        purge_time: purge_time(roadmap.deleted),
        etag: etag(roadmap),
        baseline: match roadmap.baselines {
            0 => String::new(),
            number => BaselineName::numbered(&roadmap.name, number).to_string(),
        },
        open_rebaseline: roadmap.rebaseline_by.map_or(String::new(), |_| {
            RebaselineName::numbered(&roadmap.name, roadmap.rebaselines).to_string()
        }),
        sides: sides.into_iter().map(|(side, _)| side).collect(),
    }
}

/// Writes a roadmap as callers see it, with the codes and names that its regions had on a day.
pub(in crate::api) fn answer(roadmap: &Roadmap, day: Date) -> contract::Roadmap {
    let mut written = write(roadmap);
    for side in &mut written.sides {
        let region = Regions::shipped().as_of(&side.region_code, day);
        (side.effective_region_code, side.effective_region_name) = region.unwrap_or_default();
    }
    written
}

fn write_side(roadmap: &Roadmap, side: Side) -> (contract::RoadmapSide, BTreeSet<String>) {
    let place = &roadmap.plan.places[side.index()];
    let consent = roadmap.consents[side.index()];
    let day = roadmap
        .plan
        .signed_on
        .unwrap_or_else(|| roadmap.updated.to_zoned(TimeZone::UTC).date());
    let region = Regions::shipped().on(&place.region_code, day).ok();
    let codes = region.as_ref().map_or_else(
        || BTreeSet::from([place.region_code.clone()]),
        |region| region.codes.clone(),
    );
    let (listed_region_name, current_region_code, current_region_name) = match region {
        Some(region) => (region.listed_name, region.current_code, region.current_name),
        None => (String::new(), place.region_code.clone(), String::new()),
    };
    let written = contract::RoadmapSide {
        party: place.party.clone(),
        region_code: place.region_code.clone(),
        region_name: place.region_name.clone(),
        signing_body: place.signing_body.clone(),
        listed_region_name,
        current_region_code,
        current_region_name,
        adopt_time: consent.adopted.map(time),
        close_time: consent.closed.map(time),
        effective_region_code: String::new(),
        effective_region_name: String::new(),
    };
    (written, codes)
}

/// Returns the version tag of a roadmap.
pub(in crate::api) fn etag(roadmap: &Roadmap) -> String {
    aip::etag::of(&roadmap.uid.to_string(), roadmap.revision)
}

/// Writes a state.
pub(in crate::api) fn state(state: State) -> i32 {
    let state = match state {
        State::Draft => contract::RoadmapState::Draft,
        State::Adopted => contract::RoadmapState::Adopted,
        State::Closed => contract::RoadmapState::Closed,
    };
    state.into()
}
