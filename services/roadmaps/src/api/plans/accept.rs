//! `AcceptRebaseline`: all changes at once, and the next baseline.

use std::collections::BTreeMap;

use accord_proto::roadmaps::v1::{AcceptRebaselineRequest, Rebaseline as Answer};
use fault::Fault;
use identity::Caller;
use ledger::{Change as Entry, ChangeKind, Stamp};
use storage::Tx;
use tonic::Request;

use super::{Context, any, check_etag};
use crate::{
    api::{
        Begun, Service, begin, checked,
        convert::{self, word},
        fault as faults, measures, roadmaps,
    },
    domain::{
        completion::State,
        event::Event,
        measure::{self, Agreed, Measure, Plan, Speaker},
        name::{MeasureName, RebaselineName, RoadmapName},
        rebaseline::{Change, Rebaseline, Word},
        roadmap::Roadmap,
    },
    store,
};

const METHOD: &str = "accord.roadmaps.v1.PlanService/AcceptRebaseline";

/// A word of agreement.
#[derive(Clone, Debug)]
struct Said {
    name: RebaselineName,
    revision: i64,
    note: String,
    etag: String,
}

pub(in crate::api) async fn run(
    service: &Service,
    request: Request<AcceptRebaselineRequest>,
) -> Result<Answer, Fault> {
    let Begun {
        call,
        caller,
        given,
        mut violations,
    } = begin(METHOD, request)?;
    let name = violations.take(RebaselineName::parse("name", &given.name));
    let revision = violations.take(word::revision("revision", given.revision));
    let note = violations.take(word::note(&given.note));
    let ((name, revision), note) = checked(name.zip(revision).zip(note), violations)?;
    let said = Said {
        name,
        revision,
        note,
        etag: given.etag,
    };
    service
        .journal
        .mutate(call, move |tx, stamp| {
            let (caller, said) = (caller.clone(), said.clone());
            Box::pin(accept(tx, stamp, caller, said))
        })
        .await
}

async fn accept(
    tx: &mut Tx,
    stamp: Stamp,
    caller: Caller,
    said: Said,
) -> Result<(Answer, Vec<Entry>), Fault> {
    let mut roadmap = roadmaps::present(tx, &said.name.roadmap_name()).await?;
    let mut rebaseline = any(tx, &roadmap, &said.name).await?;
    let speaker = measures::speaker(&caller, &roadmap)?;
    check_etag(&said.etag, &rebaseline)?;
    let party = roadmap.party(speaker.side).to_owned();
    let name = said.name.to_string();
    rebaseline
        .hear(Word::Accept, said.revision, &speaker, said.note, stamp.now)
        .map_err(|refusal| faults::refused(&refusal, &name, &party))?;
    let before = roadmap.revision;
    let home = roadmap.name.to_string();
    let baseline = roadmap
        .rebaseline(stamp.now)
        .map_err(|refusal| faults::refused(&refusal, &home, &party))?;
    rebaseline.baseline = Some(baseline);
    let changes = store::rebaselines::changes(tx, roadmap.uid, rebaseline.number).await?;
    let (measures, following) = super::named(&changes);
    let context = super::context(tx, &measures, &following).await?;
    super::require_possible(tx, &changes, rebaseline.side, &roadmap, &context, &party).await?;
    let mut applied = Applied::begin(context, &rebaseline, (speaker, &party), stamp);
    for change in &changes {
        applied.apply(tx, change, &roadmap, &party).await?;
    }
    let mut entries = applied.keep(tx, &roadmap).await?;
    store::roadmaps::update_if(tx, &roadmap, before, None).await?;
    let frozen = store::baselines::freeze(tx, &roadmap, Some(rebaseline.number)).await?;
    store::rebaselines::put(tx, roadmap.uid, &rebaseline).await?;
    let bases = store::baselines::before(tx, roadmap.uid, rebaseline.number, &changes).await?;
    let parties = super::parties(&roadmap);
    let answer = convert::rebaseline::write(&rebaseline, &changes, &bases, &parties);
    entries.extend([
        Entry::of(name, ChangeKind::StateChanged, &answer),
        Entry::of(
            frozen.name().to_string(),
            ChangeKind::Created,
            &convert::baseline::write(&frozen),
        ),
        Entry::of(
            home,
            ChangeKind::Updated,
            &convert::roadmap::write(&roadmap),
        ),
    ]);
    Ok((answer, entries))
}

/// A measure that the changes touch.
struct Touched {
    measure: Measure,
    /// The revision and the state at which it was read; nothing for a new one.
    before: Option<(i64, State)>,
    events: Vec<Event>,
}

/// Changes as they are applied. Measures are written once, when all are: one may be named by several.
struct Applied<'a> {
    rebaseline: &'a Rebaseline,
    speaker: Speaker,
    /// Whose word it is.
    party: String,
    stamp: Stamp,
    measures: BTreeMap<MeasureName, Touched>,
    following: BTreeMap<RoadmapName, (Roadmap, i64)>,
}

impl<'a> Applied<'a> {
    fn begin(
        context: Context,
        rebaseline: &'a Rebaseline,
        (speaker, party): (Speaker, &str),
        stamp: Stamp,
    ) -> Self {
        let measures = context.measures.into_iter().map(|(name, measure)| {
            let before = Some((measure.revision, measure.completion.state));
            let events = Vec::new();
            let touched = Touched {
                measure,
                before,
                events,
            };
            (name, touched)
        });
        let following = context.following.into_iter().map(|(name, roadmap)| {
            let before = roadmap.revision;
            (name, (roadmap, before))
        });
        Self {
            rebaseline,
            speaker,
            party: party.to_owned(),
            stamp,
            measures: measures.collect(),
            following: following.collect(),
        }
    }

    async fn apply(
        &mut self,
        tx: &mut Tx,
        change: &Change,
        roadmap: &Roadmap,
        party: &str,
    ) -> Result<(), Fault> {
        let name = change.measure();
        if let Some(deed) = change.deed() {
            let agreed = Agreed {
                deed,
                proposer: self.rebaseline.side,
                rebaseline: self.rebaseline.number,
                reason: &self.rebaseline.reason,
            };
            let refused = |refusal| faults::refused(&refusal, &name.to_string(), party);
            let (speaker, now) = (self.speaker.clone(), self.stamp.now);
            let touched = self.touched(name)?;
            let event = touched.agree(agreed, &speaker, now).map_err(refused)?;
            self.note(name, event);
        }
        match change {
            Change::Add { measure, plan } => {
                let mut event = self.create(tx, measure, plan, roadmap).await?;
                event.rebaseline = Some(self.rebaseline.number);
                self.note(measure, event);
            }
            Change::CarryOver {
                measure,
                successor,
                plan,
            } => {
                let following = self.following.get_mut(&successor.roadmap_name());
                let (following, _) = following.ok_or_else(|| gone(successor))?;
                let at = self.stamp.now;
                following.plan_changed(at).map_err(|refusal| {
                    faults::refused(&refusal, &following.name.to_string(), party)
                })?;
                let following = following.clone();
                let event = self.create(tx, successor, plan, &following).await?;
                self.note(successor, event);
                self.touched(successor)?.succeed(measure.clone(), at);
            }
            Change::Replan { .. } | Change::Remove { .. } | Change::Supersede { .. } => {}
        }
        Ok(())
    }

    fn touched(&mut self, name: &MeasureName) -> Result<&mut Measure, Fault> {
        let touched = self.measures.get_mut(name);
        touched
            .map(|touched| &mut touched.measure)
            .ok_or_else(|| gone(name))
    }

    fn note(&mut self, name: &MeasureName, event: Event) {
        if let Some(touched) = self.measures.get_mut(name) {
            touched.events.push(event);
        }
    }

    /// Enters a new measure of a roadmap; it is written with the others.
    async fn create(
        &mut self,
        tx: &mut Tx,
        name: &MeasureName,
        plan: &Plan,
        roadmap: &Roadmap,
    ) -> Result<Event, Fault> {
        let mut plan = plan.clone();
        if plan.order_number == 0 {
            plan.order_number = self.next_order_number(tx, roadmap).await?;
        }
        // A following roadmap may have its sides the other way round.
        let side = roadmap.side_of(&self.party).unwrap_or(self.speaker.side);
        let speaker = Speaker {
            side,
            agency: self.speaker.agency.clone(),
        };
        let (measure, event) = Measure::create(
            self.stamp.new_uid(),
            name.clone(),
            super::parties(roadmap),
            plan,
            &speaker,
            self.stamp.now,
        );
        let touched = Touched {
            measure,
            before: None,
            events: Vec::new(),
        };
        self.measures.insert(name.clone(), touched);
        Ok(event)
    }

    /// One more than the greatest in the roadmap, those that are not written yet among them.
    async fn next_order_number(&self, tx: &mut Tx, roadmap: &Roadmap) -> Result<i64, Fault> {
        let written = store::measures::last_order_number(tx, roadmap.uid).await?;
        let new = self.measures.values().filter(|touched| {
            touched.before.is_none() && touched.measure.name.roadmap_name() == roadmap.name
        });
        let greatest = new.map(|touched| touched.measure.plan.order_number).max();
        Ok(measure::next_order_number(
            greatest.unwrap_or(0).max(written),
        ))
    }

    /// Tells every successor of its predecessors and writes all measures and following roadmaps; returns what goes into
    /// the ledger of them.
    async fn keep(mut self, tx: &mut Tx, roadmap: &Roadmap) -> Result<Vec<Entry>, Fault> {
        let superseded: Vec<(MeasureName, MeasureName)> = self
            .measures
            .values()
            .filter(|touched| !touched.events.is_empty())
            .filter_map(|touched| {
                let successor = touched.measure.successor.clone()?;
                let is_here = successor.roadmap_name() == roadmap.name;
                is_here.then(|| (successor, touched.measure.name.clone()))
            })
            .collect();
        for (successor, predecessor) in superseded {
            let at = self.stamp.now;
            self.touched(&successor)?.succeed(predecessor, at);
        }
        let mut entries = Vec::new();
        for touched in self.measures.values() {
            let measure = &touched.measure;
            let home = match self.following.get(&measure.name.roadmap_name()) {
                Some((following, _)) => following,
                None => roadmap,
            };
            let kind = match touched.before {
                None => {
                    if !store::measures::insert(tx, measure, home.uid).await? {
                        let name = measure.name.to_string();
                        return Err(Fault::already_exists(faults::MEASURE, &name));
                    }
                    ChangeKind::Created
                }
                Some((before, state)) => {
                    store::measures::update_if(tx, measure, before).await?;
                    if state == measure.completion.state {
                        ChangeKind::Updated
                    } else {
                        ChangeKind::StateChanged
                    }
                }
            };
            for event in &touched.events {
                store::events::append(tx, home.uid, measure.uid, event).await?;
            }
            let name = measure.name.to_string();
            entries.push(Entry::of(name, kind, &convert::measure::write(measure)));
        }
        // What they depend on may be among them: it is written once all are there.
        for touched in self.measures.values() {
            let is_planned = touched.events.iter().any(|event| event.stakes.is_some());
            if is_planned {
                let measure = &touched.measure;
                let following = self.following.get(&measure.name.roadmap_name());
                let home = following.map_or(roadmap, |(following, _)| following);
                super::network::write(tx, home, measure).await?;
            }
        }
        for (following, before) in self.following.values() {
            store::roadmaps::update_if(tx, following, *before, None).await?;
            entries.push(Entry::of(
                following.name.to_string(),
                ChangeKind::Updated,
                &convert::roadmap::write(following),
            ));
        }
        Ok(entries)
    }
}

fn gone(name: &MeasureName) -> Fault {
    Fault::internal(format!("{name} was checked and is not there"))
}
