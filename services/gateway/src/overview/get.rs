//! `GetOverview`: what was answered before and has not changed is answered again; else the parts are asked for at once, and what fails is
//! named.

use accord_proto::{
    convert,
    overview::v1::{GetOverviewRequest, Overview, OverviewPart},
};
use fault::Fault;
use identity::Caller;
use tonic::{Code, Request};

use super::{
    Overviews,
    asking::Asking,
    deadlines, documents,
    kept::Key,
    missing::{self, Missing},
    position::Positions,
    question::Question,
    roadmaps, trade,
};
use crate::service::Service;

/// Answers one call.
pub(super) async fn run(
    overviews: &Overviews,
    request: &Request<GetOverviewRequest>,
) -> Result<Overview, Fault> {
    let caller = Caller::of(request)?;
    caller.may_read()?;
    let question = Question::parse(request.get_ref(), &overviews.clock)?;
    let asking = Asking::on_behalf_of(request, &overviews.upstreams);
    let key = Key::new(caller, &question, overviews.clock.now());
    // Asked before anything else: what is recorded from here on makes the position another one.
    let positions = Positions::ask(&asking).await;
    if let Some(kept) = overviews.kept.get(&key, positions.as_ref()) {
        return Ok(Overview {
            known_time: Some(convert::from_timestamp(question.known_time)),
            ..Overview::clone(&kept)
        });
    }
    let overview = ask(&asking, &question).await?;
    if let Some(positions) = positions {
        let now = overviews.clock.now();
        overviews.kept.put(key, positions, &overview, now);
    }
    Ok(overview)
}

/// Asks every service for its part.
async fn ask(asking: &Asking<'_>, question: &Question) -> Result<Overview, Fault> {
    let (documents, trade, roadmaps, deadlines) = tokio::join!(
        asking.part(Service::Documents, |channel| {
            documents::ask(channel, asking, question)
        }),
        asking.part(Service::Trade, |channel| trade::ask(
            channel, asking, question
        )),
        asking.part(Service::Roadmaps, |channel| {
            roadmaps::ask(channel, asking, question)
        }),
        deadlines::ask_if_known(asking, question),
    );
    if let Err(missing) = &documents
        && missing.code == Code::NotFound
    {
        return Err(Fault::not_found(
            "documents.accord/Partnership",
            &question.partnership(),
        ));
    }
    missing::refuse_if_all([
        documents.as_ref().err(),
        trade.as_ref().err(),
        roadmaps.as_ref().err(),
    ])?;
    let mut missing_parts = Vec::new();
    let mut keep = |part: OverviewPart, missing: Missing| missing_parts.push(missing.named(part));
    Ok(Overview {
        name: question.name.to_string(),
        effective_date: Some(convert::from_date(question.day)),
        known_time: Some(convert::from_timestamp(question.known_time)),
        documents: documents
            .map_err(|missing| keep(OverviewPart::Documents, missing))
            .ok(),
        trade: trade
            .map_err(|missing| keep(OverviewPart::Trade, missing))
            .ok(),
        roadmaps: roadmaps
            .map_err(|missing| keep(OverviewPart::Roadmaps, missing))
            .ok(),
        deadlines: deadlines
            .map_err(|missing| keep(OverviewPart::Deadlines, missing))
            .ok(),
        missing_parts,
    })
}
