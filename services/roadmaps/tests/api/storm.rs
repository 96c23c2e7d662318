//! Both sides at once, at random: whatever the order in which their calls meet, the record obeys the protocol.
//!
//! Each side runs its own sequence of words and re-baselines, drawn from a seed, while the other runs its own. What was
//! recorded is then read back and checked by rules of its own, which know nothing of the service's table:
//! no measure is complete without both sides' word on one revision, none ends by one side alone, events are numbered
//! without gaps in time's order, and the answers agree with the events, the progress and the ledger.

use std::collections::{BTreeMap, BTreeSet};

use accord_proto::{
    ledger::v1::ListEntriesRequest,
    roadmaps::v1::{
        CloseRoadmapRequest, GetRoadmapProgressRequest, ListBaselinesRequest,
        ListMeasureEventsRequest, ListRebaselinesRequest, Measure, MeasureEvent, MeasureState,
        Rebaseline, RebaselineState, Roadmap, RoadmapState,
    },
};
use prost::Message as _;
use tonic::{Code, Response, Status};

use self::heard::Heard;
use crate::{
    lives::NEXT,
    planning::{add, by, carry, delay, name, remove, supersede},
    world::{ROADMAP, World, details, each_engine},
};

mod heard;

/// Bounds: enough for every kind of meeting on either engine in a few seconds.
const SEEDS: u64 = 2;
const CALLS: usize = 30;
const MEASURES: [&str; 4] = ["a", "b", "c", "d"];

/// A sequence of numbers that a seed determines (xorshift64*, Vigna 2016).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(drawn).unwrap() % sides
    }
}

/// A refused call may only be refused by a rule.
fn by_a_rule<T>(answer: Result<T, Status>) -> Option<T> {
    match answer {
        Ok(answer) => Some(answer),
        Err(status) => {
            let allowed = [Code::FailedPrecondition, Code::Aborted, Code::AlreadyExists];
            assert!(allowed.contains(&status.code()), "{status:?}");
            details(&status);
            None
        }
    }
}

/// What one side does, one call after the other. Returns how many calls were taken.
async fn act(world: &World, party: &'static str, mut dice: Dice) -> usize {
    let mut taken = 0;
    let mut known: BTreeMap<&str, Measure> = BTreeMap::new();
    for turn in 0..CALLS {
        let id = MEASURES[dice.roll(MEASURES.len())];
        let full = name(id);
        // What the side acts on may be as old as its last look.
        if dice.roll(3) > 0 || !known.contains_key(id) {
            known.insert(id, world.get(&full).await);
        }
        let revision = known[id]
            .current_report
            .as_ref()
            .map_or(1, |report| report.revision);
        let answer = match dice.roll(13) {
            // The other side closes at the end only, so that the storm goes on.
            12 if party == "UZ" => world.close(party).await.map(drop),
            0 => world.start(party, &full).await.map(drop),
            1..=3 => world.report(party, &full).await.map(drop),
            4 => world.withdraw(party, &full, revision).await.map(drop),
            5 => world.confirm(party, &full, revision).await.map(drop),
            6 => world.give_back(party, &full, revision).await.map(drop),
            7 => world.dispute(party, &full, revision).await.map(drop),
            8 => match dice.roll(4) {
                0 => world.propose_cancellation(party, &full).await.map(drop),
                1 => world.accept_cancellation(party, &full).await.map(drop),
                _ => world.decline_cancellation(party, &full).await.map(drop),
            },
            9 if dice.roll(4) == 0 => {
                let carried = vec![carry(id, by(2025, 6, 30))];
                world.carry_over(party, NEXT, carried).await.map(drop)
            }
            9 => {
                let new = format!("{}-{turn}", party.to_lowercase());
                let other = MEASURES[dice.roll(MEASURES.len())];
                let change = match dice.roll(4) {
                    0 => vec![add(&new)],
                    1 => vec![delay(
                        id,
                        by(2022, 7, 1 + i32::try_from(turn % 28).unwrap()),
                    )],
                    2 => vec![remove(id)],
                    _ => vec![supersede(id, other)],
                };
                world.propose(party, change).await.map(drop)
            }
            _ => answer_open(world, party, &mut dice).await,
        };
        taken += usize::from(by_a_rule(answer).is_some());
    }
    taken
}

/// Gives a word on the open re-baseline, if there is one.
async fn answer_open(world: &World, party: &str, dice: &mut Dice) -> Result<(), Status> {
    let open = world.roadmap(ROADMAP).await.open_rebaseline;
    if open.is_empty() {
        return Ok(());
    }
    let given = Rebaseline {
        name: open,
        revision: 1 + i64::try_from(dice.roll(2)).unwrap(),
        ..Rebaseline::default()
    };
    match dice.roll(4) {
        0 => world.decline_plan(party, &given).await.map(drop),
        1 => world.withdraw_plan(party, &given).await.map(drop),
        _ => world.accept_plan(party, &given).await.map(drop),
    }
}

impl World {
    async fn close(&self, party: &str) -> Result<Roadmap, Status> {
        let request = CloseRoadmapRequest {
            name: ROADMAP.to_owned(),
            ..CloseRoadmapRequest::default()
        };
        let mut client = self.roadmaps(party);
        client
            .close_roadmap(request)
            .await
            .map(Response::into_inner)
    }

    async fn events_of(&self, name: &str) -> Vec<MeasureEvent> {
        let request = ListMeasureEventsRequest {
            parent: name.to_owned(),
            page_size: 1_000,
            ..ListMeasureEventsRequest::default()
        };
        let mut client = self.measures("UZ");
        let listed = client.list_measure_events(request).await.unwrap();
        listed.into_inner().events
    }

    async fn rebaselines(&self) -> BTreeMap<String, Rebaseline> {
        let request = ListRebaselinesRequest {
            parent: ROADMAP.to_owned(),
            page_size: 1_000,
            ..ListRebaselinesRequest::default()
        };
        let listed = self.plans("UZ").list_rebaselines(request).await.unwrap();
        let all = listed.into_inner().rebaselines;
        all.into_iter().map(|one| (one.name.clone(), one)).collect()
    }

    /// The last state of each measure in the ledger, whose entries are numbered without gaps.
    async fn in_ledger(&self) -> BTreeMap<String, Measure> {
        let mut last = BTreeMap::new();
        let mut page_token = String::new();
        let mut sequence = 0;
        loop {
            let request = ListEntriesRequest {
                parent: "logs/roadmaps".to_owned(),
                page_size: 200,
                page_token,
                ..ListEntriesRequest::default()
            };
            let page = self
                .ledger()
                .list_entries(request)
                .await
                .unwrap()
                .into_inner();
            for entry in page.entries {
                sequence += 1;
                assert_eq!(entry.sequence, sequence);
                let state = entry.state.unwrap();
                if state.type_url.ends_with(".Measure") {
                    let measure = Measure::decode(state.value.as_slice()).unwrap();
                    last.insert(measure.name.clone(), measure);
                }
            }
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return last;
            }
        }
    }
}

/// The side that is asked declines the open re-baseline, if there is one.
async fn decline_open(world: &World) {
    let name = world.roadmap(ROADMAP).await.open_rebaseline;
    if name.is_empty() {
        return;
    }
    let open = Rebaseline {
        revision: world.rebaselines().await[&name].revision,
        name,
        ..Rebaseline::default()
    };
    for party in ["UZ", "KZ"] {
        by_a_rule(world.decline_plan(party, &open).await);
    }
}

/// Both sides carry over what the storm has left and no report stands in the way of.
async fn carry_rest(world: &World) {
    decline_open(world).await;
    let left = world.in_ledger().await.into_iter();
    for (full, _) in left.filter(|(_, it)| {
        let open = [
            MeasureState::Planned,
            MeasureState::InProgress,
            MeasureState::Returned,
            MeasureState::Disputed,
        ];
        it.name.starts_with(ROADMAP) && open.contains(&it.state())
    }) {
        let id = full.rsplit('/').next().unwrap();
        let carried = vec![carry(id, by(2025, 6, 30))];
        let proposed = world.carry_over("UZ", NEXT, carried).await;
        if let Some(proposed) = by_a_rule(proposed) {
            world.accept_plan("KZ", &proposed).await.unwrap();
        }
    }
}

/// Both sides close, with the words that they are told come first, whatever the storm has left.
async fn end(world: &World) {
    for _ in 0..2 * MEASURES.len() + CALLS {
        for party in ["UZ", "KZ"] {
            by_a_rule(world.close(party).await);
        }
        let roadmap = world.roadmap(ROADMAP).await;
        if roadmap.state() == RoadmapState::Closed {
            assert_eq!(roadmap.open_rebaseline, "");
            return;
        }
        decline_open(world).await;
        for (name, measure) in world.in_ledger().await {
            if measure.state() == MeasureState::Reported {
                let report = measure.current_report.unwrap();
                let other = if report.party == "UZ" { "KZ" } else { "UZ" };
                world.confirm(other, &name, report.revision).await.unwrap();
            }
        }
    }
    panic!("no way to the end");
}

/// Reads everything back and checks it.
async fn check(world: &World) {
    let rebaselines = world.rebaselines().await;
    let (ledger, following): (BTreeMap<_, _>, BTreeMap<_, _>) = world
        .in_ledger()
        .await
        .into_iter()
        .partition(|(name, _)| name.starts_with(&format!("{ROADMAP}/")));
    assert!(ledger.len() >= MEASURES.len());
    check_carried(&ledger, &following);
    let mut states: BTreeMap<MeasureState, i64> = BTreeMap::new();
    for (name, recorded) in &ledger {
        let events = world.events_of(name).await;
        let numbers: Vec<i64> = events.iter().map(|event| event.number).collect();
        let gapless: Vec<i64> = (1..).take(events.len()).collect();
        assert_eq!(numbers, gapless);
        let times = events.iter().map(|event| event.record_time.unwrap());
        let times: Vec<_> = times.map(|time| (time.seconds, time.nanos)).collect();
        assert!(times.is_sorted(), "{times:?}");
        let mut heard = Heard::default();
        for event in &events {
            heard.hear(event, &rebaselines);
        }
        let now = world.get(name).await;
        assert_eq!(now.state(), heard.state, "{name}");
        let standing = now
            .current_report
            .clone()
            .map(|report| (report.party, report.revision));
        assert_eq!(standing, heard.standing, "{name}");
        let shown = Measure {
            overdue: now.overdue,
            ..recorded.clone()
        };
        assert_eq!(now, shown, "the ledger tells another end of {name}");
        *states.entry(heard.state).or_default() += 1;
    }
    check_progress(world, &states).await;
    check_baselines(world, &rebaselines).await;
}

/// What is carried over goes on in the following roadmap, and nothing else is there.
fn check_carried(ledger: &BTreeMap<String, Measure>, following: &BTreeMap<String, Measure>) {
    let carried = ledger
        .values()
        .filter(|it| it.state() == MeasureState::CarriedOver);
    let mut successors = BTreeSet::new();
    for measure in carried {
        let goes_on = &following[&measure.successor];
        assert_eq!(goes_on.predecessors, std::slice::from_ref(&measure.name));
        assert!(successors.insert(measure.successor.clone()));
    }
    assert_eq!(successors.len(), following.len());
}

async fn check_progress(world: &World, states: &BTreeMap<MeasureState, i64>) {
    let request = GetRoadmapProgressRequest {
        name: ROADMAP.to_owned(),
        ..GetRoadmapProgressRequest::default()
    };
    let progress = world.roadmaps("UZ").get_roadmap_progress(request).await;
    let total = progress.unwrap().into_inner().total.unwrap();
    let of = |state| states.get(&state).copied().unwrap_or(0);
    assert_eq!(total.attested.unwrap().count, of(MeasureState::Complete));
    assert_eq!(total.cancelled.unwrap().count, of(MeasureState::Cancelled));
    assert_eq!(
        total.superseded.unwrap().count,
        of(MeasureState::Superseded)
    );
    assert_eq!(
        total.carried_over.unwrap().count,
        of(MeasureState::CarriedOver)
    );
    assert_eq!(total.disputed.unwrap().count, of(MeasureState::Disputed));
}

/// One baseline for the adoption and one for each accepted re-baseline, each by the side that did not propose it.
async fn check_baselines(world: &World, rebaselines: &BTreeMap<String, Rebaseline>) {
    let request = ListBaselinesRequest {
        parent: ROADMAP.to_owned(),
        page_size: 1_000,
        ..ListBaselinesRequest::default()
    };
    let listed = world.plans("UZ").list_baselines(request).await.unwrap();
    let baselines = listed.into_inner().baselines;
    let led: BTreeSet<&String> = baselines[1..].iter().map(|one| &one.rebaseline).collect();
    let accepted = rebaselines
        .values()
        .filter(|one| one.state() == RebaselineState::Accepted);
    let names: BTreeSet<&String> = accepted.map(|one| &one.name).collect();
    assert_eq!(led, names);
    assert_eq!(led.len(), baselines.len() - 1);
    for rebaseline in rebaselines.values() {
        let ender = rebaseline.end_agency.split('-').next().unwrap_or_default();
        let is_own = ender.eq_ignore_ascii_case(&rebaseline.party);
        match rebaseline.state() {
            RebaselineState::Accepted | RebaselineState::Declined => assert!(!is_own),
            RebaselineState::Withdrawn => assert!(is_own),
            _ => assert_eq!(ender, ""),
        }
    }
    let open = rebaselines
        .values()
        .filter(|one| one.state() == RebaselineState::Open);
    assert!(open.count() <= 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_meets_the_record_obeys_the_protocol() {
    for seed in 1..=SEEDS {
        each_engine(async |world| {
            world
                .adopted_with(&[&MEASURES[..], &["left"]].concat())
                .await;
            world.next().await;
            let dice = |party: u64| Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ party);
            let (first, again, second, more) = tokio::join!(
                act(&world, "UZ", dice(1)),
                act(&world, "UZ", dice(2)),
                act(&world, "KZ", dice(3)),
                act(&world, "KZ", dice(4)),
            );
            // A storm in which nearly nothing is taken would prove nothing.
            let taken = first + again + second + more;
            assert!(
                taken > CALLS / 2,
                "seed {seed}: only {taken} calls were taken"
            );
            check(&world).await;
            carry_rest(&world).await;
            let left = world.get(&name("left")).await;
            assert_eq!(left.state(), MeasureState::CarriedOver);
            end(&world).await;
            check(&world).await;
            let left = world.in_ledger().await;
            let waits = left.values().any(|it| it.state() == MeasureState::Reported);
            assert!(!waits, "a report waits for ever");
        })
        .await;
    }
}
