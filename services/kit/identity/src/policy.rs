//! What each role may do: one table, and the check that reads it.
//!
//! This is the only place that decides. A policy language with resources and access levels takes
//! this file's place later, behind the same five questions.

use fault::Fault;

use crate::{Caller, Clearance, Level, Role};

/// What a caller asks to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action<'a> {
    /// Read what is recorded.
    Read,
    /// Record facts that belong to no single party.
    Edit,
    /// Give the word of the party with this ISO 3166-1 alpha-2 code.
    SpeakFor(&'a str),
    /// Administer the installation.
    Administer,
}

impl Action<'_> {
    /// The table: which roles may do this.
    fn roles(self) -> &'static [Role] {
        match self {
            Action::Read => &[Role::Reader, Role::Editor, Role::Operator],
            Action::Edit | Action::SpeakFor(_) => &[Role::Editor],
            Action::Administer => &[Role::Operator],
        }
    }

    /// The party that the caller must belong to, if the action is one party's own.
    fn party(&self) -> Option<&str> {
        match self {
            Action::SpeakFor(party) => Some(party),
            Action::Read | Action::Edit | Action::Administer => None,
        }
    }
}

/// Checks that `caller` may do `action`, its party first and its role second.
pub(crate) fn check(caller: &Caller, action: Action<'_>) -> Result<(), Fault> {
    if let Some(party) = action.party()
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
    let allowed = action.roles();
    if caller.roles.iter().any(|role| allowed.contains(role)) {
        return Ok(());
    }
    let needed = words(allowed);
    let message = format!(
        "this needs the role {needed}; the token of {} has {}",
        caller.agency,
        if caller.roles.is_empty() {
            "none".to_owned()
        } else {
            words(&caller.roles)
        }
    );
    Err(Fault::permission_denied("ROLE_REQUIRED", message).with_metadata("roles", needed))
}

/// The table: up to which level a role reads what belongs to its caller's party. An operator needs no
/// party.
const fn reads_of_its_party(role: Role) -> Level {
    match role {
        Role::Reader => Level::Official,
        Role::Editor | Role::Operator => Level::Restricted,
    }
}

/// Says how far `caller` may read, given that it may read at all.
pub(crate) fn clearance(caller: &Caller) -> Clearance {
    let level = caller.roles.iter().copied().map(reads_of_its_party).max();
    match (&caller.party, level) {
        _ if caller.roles.contains(&Role::Operator) => Clearance::Everything,
        (Some(party), Some(level)) => Clearance::Party {
            party: party.clone(),
            level,
        },
        _ => Clearance::Public,
    }
}

/// Lists roles for a sentence: "reader, editor or operator" is written "reader|editor|operator".
fn words(roles: &[Role]) -> String {
    let words: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
    words.join("|")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(party: Option<&str>, roles: &[Role]) -> Caller {
        Caller {
            subject: "someone".to_owned(),
            agency: "some-agency".to_owned(),
            party: party.map(str::to_owned),
            roles: roles.to_vec(),
        }
    }

    fn answer(caller: &Caller, action: Action<'_>) -> &'static str {
        match check(caller, action) {
            Ok(()) => "OK",
            Err(fault) => {
                assert_eq!(fault.code(), tonic::Code::PermissionDenied);
                fault.reason()
            }
        }
    }

    #[test]
    fn table_is_what_the_documentation_says() {
        let reader = caller(Some("UZ"), &[Role::Reader]);
        let editor = caller(Some("UZ"), &[Role::Editor]);
        let operator = caller(None, &[Role::Operator]);
        let nobody = caller(Some("UZ"), &[]);
        let expected = [
            (
                &reader,
                [
                    "OK",
                    "ROLE_REQUIRED",
                    "ROLE_REQUIRED",
                    "PARTY_MISMATCH",
                    "ROLE_REQUIRED",
                ],
            ),
            (
                &editor,
                ["OK", "OK", "OK", "PARTY_MISMATCH", "ROLE_REQUIRED"],
            ),
            (
                &operator,
                [
                    "OK",
                    "ROLE_REQUIRED",
                    "PARTY_MISMATCH",
                    "PARTY_MISMATCH",
                    "OK",
                ],
            ),
            (
                &nobody,
                [
                    "ROLE_REQUIRED",
                    "ROLE_REQUIRED",
                    "ROLE_REQUIRED",
                    "PARTY_MISMATCH",
                    "ROLE_REQUIRED",
                ],
            ),
        ];
        for (caller, answers) in expected {
            let actions = [
                Action::Read,
                Action::Edit,
                Action::SpeakFor("UZ"),
                Action::SpeakFor("KZ"),
                Action::Administer,
            ];
            for (action, expected) in actions.into_iter().zip(answers) {
                assert_eq!(answer(caller, action), expected, "{caller:?} {action:?}");
            }
        }
    }

    #[test]
    fn clearance_is_what_the_documentation_says() {
        let party = |level| Clearance::Party {
            party: "UZ".to_owned(),
            level,
        };
        let uz = Some("UZ");
        for (party_of_caller, roles, expected) in [
            (uz, &[Role::Reader][..], party(Level::Official)),
            (uz, &[Role::Editor], party(Level::Restricted)),
            (uz, &[Role::Reader, Role::Editor], party(Level::Restricted)),
            (uz, &[], Clearance::Public),
            (None, &[Role::Operator], Clearance::Everything),
            (None, &[Role::Reader], Clearance::Public),
            (None, &[Role::Editor], Clearance::Public),
        ] {
            assert_eq!(clearance(&caller(party_of_caller, roles)), expected);
        }
    }

    #[test]
    fn editor_without_party_edits_but_speaks_for_nobody() {
        let secretariat = caller(None, &[Role::Editor]);
        assert_eq!(answer(&secretariat, Action::Edit), "OK");
        assert_eq!(
            answer(&secretariat, Action::SpeakFor("UZ")),
            "PARTY_MISMATCH"
        );
        assert_eq!(answer(&secretariat, Action::SpeakFor("")), "PARTY_MISMATCH");
    }
}
