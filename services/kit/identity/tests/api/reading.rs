//! What policies say of reading is what services do, and what they cannot do is no policy that is taken.

use std::sync::Arc;

use identity::{Caller, Group, Level, Object, Policies, PolicyFile, PolicyFiles, Query, Role};

const GET_DOCUMENT: &str = "accord.documents.v1.DocumentService/GetDocument";
const LIST_ENTRIES: &str = "accord.ledger.v1.LedgerService/ListEntries";

/// Policies on reading that somebody might write, the heads of which differ in what they forbid or permit, to whom.
const PIECES: [&str; 10] = [
    "forbid (principal == Agency::\"press\", action in Action::\"read\", resource) \
     when { resource has accessLevel };",
    "forbid (principal, action in Action::\"read\", resource) \
     when { resource has accessLevel && resource.accessLevel == AccessLevel::\"PUBLIC\" \
     && !(principal in resource.parties) };",
    "forbid (principal in Party::\"UZ\", action in Action::\"read\", resource) \
     when { resource has accessLevel && resource.accessLevel == AccessLevel::\"PUBLIC\" \
     && resource has parties && principal in resource.parties };",
    "forbid (principal in Role::\"operator\", action, resource) \
     when { resource has accessLevel && resource.accessLevel == AccessLevel::\"RESTRICTED\" };",
    "forbid (principal, action, resource) \
     when { resource has accessLevel && resource.accessLevel == AccessLevel::\"OFFICIAL\" };",
    "forbid (principal in Role::\"operator\", action == Action::\"accord.ledger.v1.LedgerService/ListEntries\", resource);",
    "permit (principal in Role::\"reader\", action in Action::\"read\", resource) \
     when { resource has accessLevel && resource.accessLevel != AccessLevel::\"PUBLIC\" };",
    "permit (principal in Role::\"reader\", action in Action::\"read\", resource is Document);",
    "permit (principal in Party::\"UZ\", action in Action::\"read\", resource) \
     when { resource has accessLevel && resource.accessLevel == AccessLevel::\"OFFICIAL\" };",
    "permit (principal in Role::\"reader\", action in Action::\"read\", resource) \
     when { resource has parties && principal in resource.parties };",
];

/// The shipped files with policies beside.
fn with(policies: &[&str]) -> PolicyFiles {
    let mut files = PolicyFiles::shipped();
    let texts = policies.iter().enumerate();
    let text: Vec<String> = texts
        .map(|(at, policy)| format!("@id(\"own-{at}\") {policy}\n"))
        .collect();
    files.policies.push(PolicyFile {
        name: "own.cedar".to_owned(),
        text: text.concat(),
    });
    files
}

fn reading<'a>(caller: &'a Caller, method: &'a str, object: Object<'a>) -> Query<'a> {
    Query {
        agency: &caller.agency,
        party: caller.party.as_deref(),
        roles: &caller.roles,
        method: Some(method),
        group: Group::Read,
        object,
    }
}

/// Compares, for every caller and record, what services do with what `reads` says and what the policies would answer about the
/// record itself.
fn compare(policies: &Arc<Policies>, told: &str) {
    let callers = [None, Some("UZ")].into_iter().flat_map(|party| {
        let roles = [&[][..], &[Role::Reader], &[Role::Editor], &[Role::Operator]];
        let agencies = ["press", "registry"];
        roles.into_iter().flat_map(move |roles| {
            agencies
                .map(|agency| Caller::new(agency, agency, party.map(str::to_owned), roles.to_vec()))
        })
    });
    for caller in callers {
        for method in [GET_DOCUMENT, LIST_ENTRIES] {
            let calling = caller.clone().calling(method, Arc::clone(policies));
            let may_call = calling.may_call().is_ok();
            assert_eq!(may_call, calling.may_read().is_ok());
            let (_, verdict) = policies.calls(reading(&caller, method, Object::Whole));
            assert_eq!(may_call, verdict.allowed, "{told} {caller:?}");
            if !may_call {
                continue;
            }
            let clearance = calling.clearance();
            for parties in [&[][..], &["UZ"], &["KZ"], &["KZ", "UZ"]] {
                for level in Level::ALL {
                    let does = clearance.reads(level, parties);
                    let about = format!("{told}\n{caller:?} {method} {parties:?} {level:?}");
                    let object = Object::Of {
                        parties,
                        level: Some(level),
                    };
                    let query = reading(&caller, method, object);
                    let says = policies.reads(&query, parties, level);
                    assert_eq!(does, says.allowed, "{about}");
                    let permitted = policies.decide(&query).allowed;
                    assert!(permitted || !does, "what is denied is read: {about}");
                }
            }
        }
    }
}

#[test]
fn nobody_reads_what_a_policy_denies_and_check_says_what_services_do() {
    compare(&Policies::shipped(), "shipped");
    for (at, first) in PIECES.into_iter().enumerate() {
        let second = PIECES[(at + 3) % PIECES.len()];
        let policies = Policies::of(&with(&[first, second])).unwrap();
        compare(&Arc::new(policies), &format!("{first}\n{second}"));
    }
}

#[test]
fn who_may_not_read_what_is_public_may_not_call_and_is_told_the_policy() {
    let policies = Arc::new(Policies::of(&with(&PIECES[..1])).unwrap());
    let of = |agency: &str| {
        let caller = Caller::new(agency, agency, Some("UZ".to_owned()), vec![Role::Editor]);
        caller.calling(GET_DOCUMENT, Arc::clone(&policies))
    };
    assert!(of("registry").may_call().is_ok());
    let fault = of("press").may_call().unwrap_err();
    assert_eq!(fault.reason(), "POLICY_DENIED");
    assert!(format!("{fault:?}").contains("own-0"), "{fault:?}");
}

#[test]
fn a_policy_that_no_question_would_bring_to_bear_is_refused_with_its_place() {
    for (policy, word) in [
        (
            "forbid (principal, action, resource == Document::\"partnerships/uz-kz/documents/1\");",
            "one record",
        ),
        (
            "forbid (principal, action in Action::\"read\", resource)\n\
             when { resource has parties && resource.parties.contains(Party::\"KG\") };",
            "principal in resource.parties",
        ),
        (
            "forbid (principal, action, resource)\n\
             when { resource has parties && resource.parties == [Party::\"KG\"] };",
            "principal in resource.parties",
        ),
    ] {
        let error = Policies::of(&with(&[policy])).unwrap_err();
        assert_eq!(error.mistakes().len(), 1, "{error}");
        let text = error.to_string();
        assert!(
            text.starts_with("own.cedar:") && text.contains(word),
            "{text}"
        );
    }
    let word = "forbid (principal, action in Action::\"giveWord\", resource)\n\
                when { resource has parties && resource.parties.contains(Party::\"KG\") };";
    assert!(
        Policies::of(&with(&[word])).is_ok(),
        "whose word it is is asked"
    );
}

#[test]
fn an_attribute_that_nothing_has_is_refused() {
    let mut files = with(&[
        "forbid (principal, action, resource) when { resource has sector && resource.sector == \"water\" };",
    ]);
    let attribute = "accessLevel?: AccessLevel,";
    assert!(files.schema.text.contains(attribute));
    let more = format!("{attribute} sector?: String,");
    files.schema.text = files.schema.text.replace(attribute, &more);
    let error = Policies::of(&files).unwrap_err().to_string();
    assert!(error.contains("no question says sector"), "{error}");
}

/// The warnings on policies beside the shipped ones.
fn warnings(policies: &[&str]) -> Vec<String> {
    let policies = Policies::of(&with(policies)).unwrap();
    policies
        .warnings()
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn a_policy_of_which_services_act_on_a_part_is_warned_of_with_its_place_and_the_rung_that_is_missing()
 {
    for (policy, parts) in [
        (
            // One level of other parties: the ladder has no such rung.
            "permit (principal == Agency::\"kz-audit\", action in Action::\"read\", resource)\n\
             when { resource has accessLevel && resource.accessLevel == AccessLevel::\"OFFICIAL\" };",
            [
                "other parties' OFFICIAL",
                "services pass by",
                "reading what is RESTRICTED of",
                "permitted by no policy",
            ],
        ),
        (
            "forbid (principal, action in Action::\"read\", resource)\n\
             when { resource has parties && !(principal in resource.parties) };",
            [
                "from calling at all",
                "its own party's PUBLIC",
                "reading what is PUBLIC of other parties",
                "forbidden by own-0",
            ],
        ),
        (
            "forbid (principal in Role::\"editor\", action in Action::\"read\", resource)\n\
             when { resource has accessLevel && resource.accessLevel == AccessLevel::\"OFFICIAL\" };",
            [
                "its own party's RESTRICTED too",
                "who may not read what is official",
                "with the role editor",
                "forbidden by own-0",
            ],
        ),
    ] {
        let found = warnings(&[policy]);
        // A shipped permit may be passed by because of it too; that is told at its own place.
        let own: Vec<_> = found
            .iter()
            .filter(|one| one.starts_with("own.cedar:1:"))
            .collect();
        assert_eq!(own.len(), 1, "{found:?}");
        for part in parts {
            assert!(own[0].contains(part), "{part} in {found:?}");
        }
    }
}

#[test]
fn policies_that_services_act_on_as_they_are_written_are_not_warned_of() {
    for policy in [PIECES[0], PIECES[6], PIECES[7], PIECES[9]] {
        let found = warnings(&[policy]);
        assert_eq!(found, [""; 0], "{policy}");
    }
    let whole = "forbid (principal == Agency::\"press\", action, resource);";
    assert_eq!(warnings(&[whole]), [""; 0]);
}

#[test]
fn what_is_lacking_is_told_beside_what_is_permitted() {
    let restricted = "permit (principal in Role::\"reader\", action in Action::\"read\", resource)\n\
         when { resource has accessLevel && resource.accessLevel == AccessLevel::\"RESTRICTED\" };";
    let policies = Policies::of(&with(&[restricted])).unwrap();
    let caller = Caller::new("a", "a", None, vec![Role::Reader]);
    let query = reading(&caller, GET_DOCUMENT, Object::Whole);
    let lack = policies.lacks(&query, false, Level::Restricted).unwrap();
    let text = lack.to_string();
    assert!(
        text.contains("reading what is OFFICIAL") && text.contains("permitted by no policy"),
        "{text}"
    );
    assert!(policies.lacks(&query, false, Level::Public).is_none());
}

#[test]
fn a_level_in_a_policy_that_is_not_of_reading_is_refused() {
    let error = Policies::of(&with(&[
        "forbid (principal, action in Action::\"edit\", resource)\n\
         when { resource has accessLevel && resource.accessLevel == AccessLevel::\"RESTRICTED\" };",
    ]))
    .unwrap_err()
    .to_string();
    assert!(error.contains("own.cedar:2:"), "{error}");
    assert!(error.contains("known for reading only"), "{error}");
}
