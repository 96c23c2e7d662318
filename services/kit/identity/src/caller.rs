//! The caller of a request, as a handler sees it.

use fault::Fault;

use crate::{
    Clearance, Role,
    policy::{self, Action},
};

/// An authenticated caller: an agency, the party it belongs to and the roles it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The token's `sub`: who or what holds it, unique at the issuer.
    pub subject: String,
    /// The agency that the subject works for, for example `uz-stat`.
    pub agency: String,
    /// The agency's party as an ISO 3166-1 alpha-2 code; absent for operators and neutral agencies.
    pub party: Option<String>,
    /// The roles given, without repetition.
    pub roles: Vec<Role>,
}

impl Caller {
    /// Returns the caller that the host's authentication layer put into `request`.
    ///
    /// Without one the fault is `UNAUTHENTICATED`/`TOKEN_MISSING`.
    pub fn of<T>(request: &tonic::Request<T>) -> Result<&Caller, Fault> {
        request.extensions().get().ok_or_else(|| {
            Fault::unauthenticated(
                "TOKEN_MISSING",
                "the call carries no access token; send `authorization: Bearer <token>`",
            )
        })
    }

    /// Returns a caller that may read and do nothing else, for routes opened on purpose.
    #[must_use]
    pub fn anonymous_open() -> Caller {
        Caller {
            subject: "anonymous".to_owned(),
            agency: "anonymous".to_owned(),
            party: None,
            roles: vec![Role::Reader],
        }
    }

    /// Checks that the caller may read; else `PERMISSION_DENIED`/`ROLE_REQUIRED`.
    pub fn may_read(&self) -> Result<(), Fault> {
        policy::check(self, Action::Read)
    }

    /// Returns how far the caller may read what is not public, given that it may read at all.
    #[must_use]
    pub fn clearance(&self) -> Clearance {
        policy::clearance(self)
    }

    /// Checks that the caller may record facts; else `PERMISSION_DENIED`/`ROLE_REQUIRED`.
    pub fn may_edit(&self) -> Result<(), Fault> {
        policy::check(self, Action::Edit)
    }

    /// Checks that the caller may give the word of `party`, an ISO 3166-1 alpha-2 code.
    ///
    /// Another party's caller (and an operator, who has no party) gets
    /// `PERMISSION_DENIED`/`PARTY_MISMATCH`; the party's own caller without the editor role gets
    /// `PERMISSION_DENIED`/`ROLE_REQUIRED`.
    pub fn speaks_for(&self, party: &str) -> Result<(), Fault> {
        policy::check(self, Action::SpeakFor(party))
    }

    /// Checks that the caller may administer the installation; else
    /// `PERMISSION_DENIED`/`ROLE_REQUIRED`.
    pub fn may_administer(&self) -> Result<(), Fault> {
        policy::check(self, Action::Administer)
    }
}
