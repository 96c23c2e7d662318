//! Worked cases of what the sentence on a state says, and does not say.

use crate::domain::{
    Act, ActKind, Document, DurationRule, EntryRule,
    status::{
        AsOf, Case, Cases, Standing, Status,
        sample::{LATE, NAME, act, agreement, day, notified, signed, status, time},
    },
};

const OTHER: &str = "partnerships/uz-kz/documents/agreement";

fn until_2017(rule: EntryRule) -> Document {
    let mut document = agreement(rule);
    document.content.duration = Some(DurationRule::Until(day("2017-12-31")));
    document
}

/// The status, on 1 January 2018, of a protocol until 2017 that waits for another document.
fn beside(other: Case) -> Status {
    let it = until_2017(EntryRule::WithDocument(OTHER.to_owned()));
    let cases = Cases::from([
        (NAME.to_owned(), Case::new(it, signed("2016-01-01"))),
        (OTHER.to_owned(), other),
    ]);
    let as_of = AsOf {
        day: day("2018-01-01"),
        known: time(LATE),
        recorded_before: None,
    };
    Status::of(&cases, NAME, as_of).unwrap()
}

#[test]
fn an_end_before_entry_into_force_is_said_only_where_that_is_known() {
    let late = "Expired; its last day, 2017-12-31, passed before it entered into force.";
    let open = "Expired; its last day was 2017-12-31, and whether it had entered into force is not established.";
    let other = |rule| Case::new(agreement(rule), signed("2016-01-01"));

    let hidden = Case {
        standing: Standing::Hidden,
        ..other(EntryRule::OnSignature)
    };
    let untold = "Expired; its last day was 2017-12-31, and whether it had entered into force is not told, because it waits for a document \
                  that the caller may not read.";
    assert_eq!(beside(hidden).summary, untold);
    assert_eq!(beside(other(EntryRule::Unknown)).summary, open);
    assert_eq!(beside(other(EntryRule::AfterExchange(None))).summary, late);
    let mut stated = other(EntryRule::AfterExchange(None));
    if let Some(clause) = &mut stated.document.content.entry_into_force {
        clause.stated_date = Some(day("2016-05-05"));
    }
    assert_eq!(beside(stated).summary, open);

    let mut document = until_2017(EntryRule::AfterLastNotification(None));
    let on = |document: &Document| status(document, &signed("2016-01-01"), "2018-01-01").summary;
    assert_eq!(on(&document), late);
    if let Some(clause) = &mut document.content.entry_into_force {
        clause.stated_date = Some(day("2016-05-05"));
    }
    let stated = "; an official source states that it entered into force on 2016-05-05.";
    assert_eq!(
        on(&document),
        open.trim_end_matches('.').to_owned() + stated
    );
}

#[test]
fn what_is_awaited_is_qualified_by_a_stated_day_that_has_passed() {
    let mut document = agreement(EntryRule::AfterLastNotification(None));
    if let Some(clause) = &mut document.content.entry_into_force {
        clause.stated_date = Some(day("2016-05-05"));
    }
    let acts = [
        signed("2016-01-01"),
        vec![notified("UZ", "2016-02-01", "2016-02-02")],
    ]
    .concat();
    let told = status(&document, &acts, "2020-01-01");
    assert_eq!(
        told.awaited[0].description,
        "The notification of KZ that its domestic procedure is complete; an official source states that it entered into force on 2016-05-05."
    );
    assert!(
        told.summary
            .ends_with("states that it entered into force on 2016-05-05.")
    );
    let before = status(&document, &acts, "2016-05-04");
    assert!(!before.awaited[0].description.contains("official source"));
}

#[test]
fn an_imminent_end_is_said() {
    let mut document = agreement(EntryRule::OnSignature);
    document.content.duration = Some(DurationRule::Indefinite {
        notice_months: Some(6),
    });
    let notice = Act {
        receipt: Some(day("2020-08-31")),
        ..act("KZ", ActKind::DenunciationNotice, "2020-08-30")
    };
    let mut acts = signed("2019-01-01");
    acts.push(notice);
    let on = |day| status(&document, &acts, day).summary;
    assert_eq!(on("2020-08-30"), "In force since 2019-01-01.");
    assert_eq!(
        on("2020-08-31"),
        "In force since 2019-01-01; it ends on 2021-02-28 by the notice of KZ."
    );
    assert_eq!(on("2021-02-28"), "Denounced; in force until 2021-02-27.");

    let terminated = ["UZ", "KZ"].map(|party| Act {
        effective: Some(day("2020-06-01")),
        ..act(party, ActKind::Termination, "2020-01-01")
    });
    let acts = [signed("2019-01-01"), terminated.to_vec()].concat();
    assert_eq!(
        status(&agreement(EntryRule::OnSignature), &acts, "2020-05-31").summary,
        "In force since 2019-01-01; it ends on 2020-06-01, as its parties have agreed."
    );
    // Before that, its term ends.
    let mut until = agreement(EntryRule::OnSignature);
    until.content.duration = Some(DurationRule::Until(day("2020-03-31")));
    assert_eq!(
        status(&until, &acts, "2020-02-01").summary,
        "In force since 2019-01-01."
    );
}

#[test]
fn an_amendment_is_agreed_to_when_the_last_that_was_awaited_has_left() {
    let mut document = agreement(EntryRule::OnSignature);
    document.content.parties.push("KG".to_owned());
    document.content.duration = Some(DurationRule::Indefinite {
        notice_months: Some(6),
    });
    let notice = Act {
        receipt: Some(day("2023-01-10")),
        ..act("KG", ActKind::DenunciationNotice, "2023-01-01")
    };
    let acts = [
        signed("2019-01-01"),
        vec![act("KG", ActKind::Signature, "2019-01-01"), notice],
        ["UZ", "KZ"]
            .map(|party| act(party, ActKind::Amendment, "2022-01-01"))
            .to_vec(),
    ]
    .concat();
    assert!(!status(&document, &acts, "2022-06-01").awaited.is_empty());
    let after = status(&document, &acts, "2024-01-01");
    let step = after
        .steps
        .iter()
        .find(|step| step.description.contains("has not left"));
    let step = step.expect("a step on the amendment");
    assert_eq!(step.date, Some(day("2023-07-10")));
    assert!(after.awaited.is_empty());
}
