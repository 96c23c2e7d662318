//! The shipped policies answer as the table that stood in the code before them did: that table, kept here, is the oracle.

use fault::Fault;
use identity::{Caller, Clearance, Level, Policies, Role};
use proptest::prelude::*;

use crate::table;

/// What a caller asks to do.
#[derive(Clone, Copy, Debug)]
enum Asked {
    Read,
    Edit,
    SpeakFor(&'static str),
    Administer,
}

impl Asked {
    fn roles(self) -> &'static [Role] {
        match self {
            Asked::Read => &[Role::Reader, Role::Editor, Role::Operator],
            Asked::Edit | Asked::SpeakFor(_) => &[Role::Editor],
            Asked::Administer => &[Role::Operator],
        }
    }
}

/// The table: the party first, the role second.
fn expected(caller: &Caller, asked: Asked) -> Result<(), Fault> {
    if let Asked::SpeakFor(party) = asked
        && caller.party.as_deref() != Some(party)
    {
        let own = caller.party.as_deref().unwrap_or("no party");
        let message = format!(
            "only an agency of {party} may do this; {} is an agency of {own}",
            caller.agency
        );
        return Err(Fault::permission_denied("PARTY_MISMATCH", message)
            .with_metadata("party", party)
            .with_metadata("agency", caller.agency.as_str()));
    }
    let allowed = asked.roles();
    if caller.roles.iter().any(|role| allowed.contains(role)) {
        return Ok(());
    }
    let needed = words(allowed);
    let held = if caller.roles.is_empty() {
        "none".to_owned()
    } else {
        words(&caller.roles)
    };
    let message = format!(
        "this needs the role {needed}; the token of {} has {held}",
        caller.agency
    );
    Err(Fault::permission_denied("ROLE_REQUIRED", message).with_metadata("roles", needed))
}

fn expected_clearance(caller: &Caller) -> Clearance {
    let level = caller.roles.iter().map(|role| match role {
        Role::Reader => Level::Official,
        Role::Editor | Role::Operator => Level::Restricted,
    });
    match (&caller.party, level.max()) {
        _ if caller.roles.contains(&Role::Operator) => Clearance::Everything,
        (Some(party), Some(level)) => Clearance::Party {
            party: party.clone(),
            level,
        },
        _ => Clearance::Public,
    }
}

fn words(roles: &[Role]) -> String {
    let words: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    words.join("|")
}

/// An answer with everything that a caller is told.
fn told(answer: Result<(), Fault>) -> String {
    format!("{answer:?}")
}

fn ask(caller: &Caller, asked: Asked) -> Result<(), Fault> {
    match asked {
        Asked::Read => caller.may_read(),
        Asked::Edit => caller.may_edit(),
        Asked::SpeakFor(party) => caller.speaks_for(party),
        Asked::Administer => caller.may_administer(),
    }
}

fn callers() -> impl Strategy<Value = Caller> {
    let party = prop_oneof![
        Just(None),
        Just(Some("UZ")),
        Just(Some("KZ")),
        Just(Some("KG"))
    ];
    let roles = proptest::sample::subsequence(Role::ALL.to_vec(), 0..=3);
    ("[a-z][a-z0-9-]{0,20}", party, roles).prop_map(|(agency, party, roles)| {
        Caller::new("someone", agency, party.map(str::to_owned), roles)
    })
}

fn questions() -> impl Strategy<Value = Asked> {
    prop_oneof![
        Just(Asked::Read),
        Just(Asked::Edit),
        Just(Asked::Administer),
        proptest::sample::select(vec!["UZ", "KZ", "TJ", ""]).prop_map(Asked::SpeakFor),
    ]
}

/// A method of the contracts, one that there is not, or none.
fn methods() -> impl Strategy<Value = Option<String>> {
    let mut all: Vec<Option<String>> = table::methods().map(|(name, _)| Some(name)).collect();
    all.extend([None, Some("acme.stock.v1.Shelf/Get".to_owned())]);
    proptest::sample::select(all)
}

fn calling(caller: &Caller, method: Option<&str>) -> Caller {
    match method {
        Some(method) => caller.clone().calling(method, Policies::shipped()),
        None => caller.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_answer_is_that_of_the_table(caller in callers(), method in methods(), asked in questions()) {
        let calling = calling(&caller, method.as_deref());
        prop_assert_eq!(told(ask(&calling, asked)), told(expected(&caller, asked)), "{:?}", method);
    }

    #[test]
    fn every_clearance_is_that_of_the_table(caller in callers(), method in methods()) {
        let calling = calling(&caller, method.as_deref());
        prop_assert_eq!(calling.clearance(), expected_clearance(&caller), "{:?}", method);
    }
}

#[test]
fn every_caller_is_answered_as_by_the_table_whatever_the_method() {
    let roles: Vec<Vec<Role>> = (0..8)
        .map(|bits| {
            let all = Role::ALL.into_iter().enumerate();
            all.filter(|(at, _)| bits >> at & 1 == 1)
                .map(|(_, role)| role)
                .collect()
        })
        .collect();
    let asked = [
        Asked::Read,
        Asked::Edit,
        Asked::SpeakFor("UZ"),
        Asked::SpeakFor("KZ"),
        Asked::Administer,
    ];
    for (method, _) in table::methods() {
        for party in [None, Some("UZ"), Some("KZ")] {
            for roles in &roles {
                let party = party.map(str::to_owned);
                let caller = Caller::new("someone", "agency", party, roles.clone());
                let calling = calling(&caller, Some(&method));
                for asked in asked {
                    assert_eq!(
                        told(ask(&calling, asked)),
                        told(expected(&caller, asked)),
                        "{method} {caller:?} {asked:?}"
                    );
                }
                assert_eq!(
                    calling.clearance(),
                    expected_clearance(&caller),
                    "{method} {caller:?}"
                );
            }
        }
    }
}
