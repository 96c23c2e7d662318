//! Whatever is recorded, what is kept is what the acts give.

use std::{collections::BTreeSet, sync::Arc};

use identity::Clearance;
use jiff::{
    SignedDuration,
    civil::{Date, date},
};
use storage::{Database, args};

use super::super::{insert, refresh, refresh_after_acts};
use super::*;
use crate::{
    MIGRATIONS, SCHEMA,
    domain::{
        AccessLevel, Act, ActKind, ActName, Content, DocumentType, DurationRule, EffectivePeriod,
        EntryClause, EntryRule, Level, Offset, Partnership, PartnershipName, Reader, Retraction,
        Source, Text,
        partnership::Profile,
        status::{AsOf, Cases, Status, calendar::Event},
    },
    store::{acts, partnerships},
};

/// How many documents there are in the end.
const DOCUMENTS: u64 = 30;

/// How many changes are made.
const STEPS: u64 = 200;

/// Numbers that are the same in every run (Marsaglia's xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn one_in(&mut self, limit: u64) -> bool {
        self.below(limit) == 0
    }

    fn day(&mut self) -> Date {
        clock::from_days(18_900 + i64::try_from(self.below(1_500)).unwrap())
    }

    fn party(&mut self) -> &'static str {
        if self.one_in(2) { "UZ" } else { "KZ" }
    }
}

fn name(number: u64) -> DocumentName {
    DocumentName::new("uz-kz", format!("d{number:02}"))
}

fn content(numbers: &mut Numbers, number: u64) -> Content {
    let political = numbers.one_in(6);
    let offset = (!numbers.one_in(2)).then_some(Offset::Months(2));
    let rule = match numbers.below(7) {
        0 => EntryRule::OnSignature,
        1 => EntryRule::OnDate(numbers.day()),
        2 => EntryRule::AfterLastNotification(offset),
        3 => EntryRule::AfterExchange(offset),
        4 => EntryRule::Unknown,
        _ => EntryRule::WithDocument(name(numbers.below(DOCUMENTS)).to_string()),
    };
    let duration = match numbers.below(4) {
        0 => None,
        1 => Some(DurationRule::Months(30)),
        2 => Some(DurationRule::Indefinite {
            notice_months: Some(6),
        }),
        _ => Some(DurationRule::Renewable {
            initial_months: 24,
            renewal_months: 120,
            notice_months: 3,
        }),
    };
    let clause = EntryClause {
        rule,
        stated_date: None,
        stated_date_source: None,
        clause: String::new(),
    };
    Content {
        titles: vec![Text {
            language: "en".to_owned(),
            text: format!("Document {number}"),
        }],
        title_known: true,
        item_number: None,
        kind: if political {
            DocumentType::Plan
        } else {
            DocumentType::Agreement
        },
        level: Level::Interstate,
        sectors: vec![],
        parties: vec!["KZ".to_owned(), "UZ".to_owned()],
        signing_bodies: vec![],
        signature_place: String::new(),
        signature_date: numbers.one_in(4).then(|| numbers.day()),
        access_level: AccessLevel::Public,
        relations: vec![],
        sources: vec![],
        entry_into_force: (!political).then_some(clause),
        duration: duration.filter(|_| !political),
        effective_period: political.then(|| EffectivePeriod {
            start: numbers.one_in(2).then(|| numbers.day()),
            end: None,
        }),
    }
}

fn act(numbers: &mut Numbers, document: &DocumentName, number: u64, now: Timestamp) -> Act {
    let kind = match numbers.below(4) {
        0 | 1 => ActKind::Signature,
        2 => ActKind::NotificationSent,
        _ => ActKind::ALL[usize::try_from(numbers.below(ActKind::ALL.len() as u64)).unwrap()],
    };
    let party = numbers.party();
    let other = if party == "UZ" { "KZ" } else { "UZ" };
    let date = numbers.day();
    let later = |numbers: &mut Numbers| {
        let days = i64::try_from(numbers.below(60)).unwrap();
        date.saturating_add(SignedDuration::from_hours(24 * days))
    };
    Act {
        name: ActName::new("uz-kz", document.document.as_str(), format!("a{number}")),
        uid: format!("act{number}"),
        revision: 1,
        party: party.to_owned(),
        kind,
        date,
        receipt: (kind.takes_receipt() && !numbers.one_in(4)).then(|| later(numbers)),
        effective: (kind.takes_effective_date() && numbers.one_in(3)).then(|| later(numbers)),
        notifying_party: (kind == ActKind::NotificationReceived).then(|| other.to_owned()),
        reference: String::new(),
        source: Source::default(),
        publication: numbers.one_in(4).then(|| later(numbers)),
        created: now,
        recorder: "test".to_owned(),
        retraction: None,
    }
}

/// What happens next.
#[derive(Clone)]
enum Step {
    Register(Document),
    Replace(Document, Document),
    Record(Document, Act),
    Retract(Document, Act),
}

async fn apply(database: &Database, step: Step, now: Timestamp) {
    let done: Result<(), Error> = database
        .write(move |tx| {
            let step = step.clone();
            Box::pin(async move {
                match step {
                    Step::Register(new) => {
                        documents::insert_many(tx, std::slice::from_ref(&new)).await?;
                        insert(tx, now, &[new]).await
                    }
                    Step::Replace(old, new) => {
                        assert!(documents::update_if(tx, &old, &new).await?);
                        refresh(tx, now, &[new.name]).await
                    }
                    Step::Record(document, new) => {
                        assert!(acts::insert_new(tx, &[(&document, &new)]).await?);
                        refresh_after_acts(tx, now, vec![document]).await
                    }
                    Step::Retract(document, retracted) => {
                        assert!(acts::retract_if(tx, &retracted).await?);
                        refresh_after_acts(tx, now, vec![document]).await
                    }
                }
            })
        })
        .await;
    done.unwrap();
}

async fn begin(database: &Database) {
    let new = Partnership {
        name: PartnershipName::new("uz-kz"),
        uid: "p".to_owned(),
        revision: 1,
        profile: Profile {
            display_names: vec![],
            parties: vec!["KZ".to_owned(), "UZ".to_owned()],
            founding_document: None,
            declared_document_count: None,
            declared_document_count_source: None,
        },
        registered_document_count: 0,
        document_count: 0,
        created: Timestamp::UNIX_EPOCH,
        updated: Timestamp::UNIX_EPOCH,
    };
    let done: Result<(), Error> = database
        .write(move |tx| {
            let new = new.clone();
            Box::pin(async move { partnerships::insert(tx, &new).await })
        })
        .await;
    done.unwrap();
}

/// What is kept: events by document, and who may owe something on which.
type Kept = (BTreeSet<(String, Event)>, BTreeSet<(String, String)>);

async fn kept(database: &Database) -> (Kept, Cases) {
    let read: Result<_, Error> = database
        .read(|tx| {
            Box::pin(async move {
                let window = outline::Window {
                    parent: PartnershipName::new("uz-kz"),
                    start: clock::from_days(-400_000),
                    end: clock::from_days(400_000),
                    kinds: vec![],
                    reader: Reader::new(Clearance::Everything),
                };
                let start = outline::Start::of(&window);
                let events = outline::events(tx, &window, &start, &start.after, 1_000).await?;
                assert!(events.len() < 1_000);
                let events = events
                    .into_iter()
                    .map(|(event, document)| (document.name.to_string(), event));
                let pending: Vec<(String, String)> = tx
                    .all("SELECT document_id, party FROM pending_documents", args![])
                    .await?;
                let names: Vec<_> = (0..DOCUMENTS).map(name).collect();
                let cases = cases::load(tx, &names).await?;
                Ok(((events.collect(), pending.into_iter().collect()), cases))
            })
        })
        .await;
    read.unwrap()
}

/// Compares what is kept with what the acts give, and who may owe something with who owes it by and by.
fn check(((events, debtors), cases): &(Kept, Cases), now: Timestamp) {
    let expected: BTreeSet<_> = cases
        .keys()
        .flat_map(|name| {
            let events = calendar::events(cases, name);
            events.into_iter().map(move |event| (name.clone(), event))
        })
        .collect();
    assert_eq!(*events, expected);
    for days in [0, 1, 20, 90, 400, 2_000] {
        let known = now + SignedDuration::from_hours(24 * days);
        let as_of = AsOf {
            day: known.to_zoned(jiff::tz::TimeZone::UTC).date(),
            known,
            recorded_before: None,
        };
        for (name, case) in cases {
            let Some(status) = Status::of(cases, name, as_of) else {
                continue;
            };
            for owed in pending::owed(&status) {
                let id = case.document.name.document.clone();
                let deleted = case.document.deleted.is_some();
                let found = debtors.contains(&(id.clone(), owed.party.clone()))
                    && debtors.contains(&(id, String::new()));
                assert_eq!(found, !deleted, "{name} in {days} days: {owed:?}");
            }
        }
    }
}

#[tokio::test]
async fn what_is_kept_is_what_the_acts_give_after_every_change() {
    storage::testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        begin(&database).await;
        let mut numbers = Numbers(88_172_645_463_325_252);
        let mut now: Timestamp = "2023-06-01T12:00:00Z".parse().unwrap();
        let mut all: Vec<Document> = Vec::new();
        let mut recorded: Vec<(DocumentName, Act)> = Vec::new();
        let (mut most_events, mut most_debtors) = (0, 0);
        for number in 0..STEPS {
            now += SignedDuration::from_hours(20);
            let picked = usize::try_from(numbers.below(all.len().max(1) as u64)).unwrap();
            let registered = all.len() as u64;
            let step = if registered < DOCUMENTS && (all.is_empty() || numbers.one_in(3)) {
                let new = Document {
                    name: name(registered),
                    uid: format!("doc{registered}"),
                    revision: 1,
                    content: content(&mut numbers, registered),
                    created: now,
                    updated: now,
                    deleted: None,
                };
                all.push(new.clone());
                Step::Register(new)
            } else if numbers.one_in(16) {
                let old = all[picked].clone();
                let mut new = Document {
                    revision: old.revision + 1,
                    updated: now,
                    ..old.clone()
                };
                if numbers.one_in(2) {
                    new.deleted = if old.deleted.is_some() {
                        None
                    } else {
                        Some(now)
                    };
                } else {
                    new.content = content(&mut numbers, picked as u64);
                }
                all[picked] = new.clone();
                Step::Replace(old, new)
            } else if numbers.one_in(5) && !recorded.is_empty() {
                let at = usize::try_from(numbers.below(recorded.len() as u64)).unwrap();
                let (of, mut act) = recorded.swap_remove(at);
                act.revision = 2;
                act.retraction = Some(Retraction {
                    at: now,
                    reason: "wrong".to_owned(),
                    retractor: "test".to_owned(),
                });
                let document = all.iter().find(|document| document.name == of).unwrap();
                Step::Retract(document.clone(), act)
            } else {
                let document = all[picked].clone();
                let act = act(&mut numbers, &document.name, number, now);
                recorded.push((document.name.clone(), act.clone()));
                Step::Record(document, act)
            };
            apply(&database, step, now).await;
            let found = kept(&database).await;
            most_events = most_events.max(found.0.0.len());
            most_debtors = most_debtors.max(found.0.1.len());
            check(&found, now);
        }
        assert!(
            most_events > 30,
            "{most_events} events at most prove little"
        );
        assert!(
            most_debtors > 8,
            "{most_debtors} debtors at most prove little"
        );
    })
    .await;
}

/// How many documents wait for the one that changes: more than are computed at once.
const WAITING: usize = 2 * MOST_WAITING + 7;

/// A document that enters into force on its signature, or with another.
fn signed(id: &str, rule: EntryRule, day: Date) -> Document {
    let mut content = content(&mut Numbers(1), 0);
    content.kind = DocumentType::Agreement;
    content.signature_date = Some(day);
    content.entry_into_force = Some(EntryClause {
        rule,
        stated_date: None,
        stated_date_source: None,
        clause: String::new(),
    });
    content.duration = None;
    content.effective_period = None;
    content.item_number = None;
    content.relations = Vec::new();
    Document {
        name: DocumentName::new("uz-kz", id),
        uid: format!("uid-{id}"),
        revision: 1,
        content,
        created: Timestamp::UNIX_EPOCH,
        updated: Timestamp::UNIX_EPOCH,
        deleted: None,
    }
}

async fn entries_on(database: &Database, day: Date) -> usize {
    let read: Result<Vec<(i64,)>, Error> = database
        .read(move |tx| {
            let args = args![clock::to_days(day)];
            Box::pin(async move {
                let text = "SELECT kind FROM document_events WHERE day = $1 AND kind = 1";
                tx.all(text, args).await
            })
        })
        .await;
    read.unwrap().len()
}

#[tokio::test]
async fn one_change_computes_a_bounded_number_of_waiting_documents_and_the_worker_the_others() {
    storage::testing::each_engine(SCHEMA, MIGRATIONS, async |database| {
        begin(&database).await;
        let now: Timestamp = "2023-06-01T12:00:00Z".parse().unwrap();
        let (first, second) = (date(2022, 1, 1), date(2022, 5, 1));
        let target = signed("target", EntryRule::OnSignature, first);
        let waiting: Vec<_> = (0..WAITING)
            .map(|index| {
                // The last ones wait through others.
                let other = match index {
                    0..600 => "target".to_owned(),
                    _ => format!("w{:04}", index - 600),
                };
                let rule = EntryRule::WithDocument(DocumentName::new("uz-kz", other).to_string());
                signed(&format!("w{index:04}"), rule, first)
            })
            .collect();
        apply(&database, Step::Register(target.clone()), now).await;
        let all = Arc::new(waiting);
        let done: Result<(), Error> = database
            .write(move |tx| {
                let all = Arc::clone(&all);
                Box::pin(async move {
                    documents::insert_many(tx, &all).await?;
                    insert(tx, now, &all).await
                })
            })
            .await;
        done.unwrap();
        while catch_up_once(&database, now).await {}
        assert_eq!(entries_on(&database, first).await, WAITING + 1);
        let mut later = target.clone();
        later.revision = 2;
        later.content.signature_date = Some(second);
        apply(&database, Step::Replace(target, later), now).await;
        assert_eq!(entries_on(&database, second).await, MOST_WAITING + 1);
        let mut steps = 0;
        while catch_up_once(&database, now).await {
            steps += 1;
            let most = (steps + 1) * MOST_WAITING + 1;
            assert!(entries_on(&database, second).await <= most, "step {steps}");
        }
        assert!((2..10).contains(&steps), "{steps}");
        assert_eq!(entries_on(&database, second).await, WAITING + 1);
        assert_eq!(entries_on(&database, first).await, 0);
    })
    .await;
}

async fn catch_up_once(database: &Database, now: Timestamp) -> bool {
    let done: Result<bool, Error> = database
        .write(move |tx| Box::pin(async move { catch_up(tx, now).await }))
        .await;
    done.unwrap()
}
