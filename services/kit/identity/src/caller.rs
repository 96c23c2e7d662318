//! The caller of a request, as a handler sees it.

use std::sync::Arc;

use fault::Fault;

use crate::{
    Clearance, Group, Level, Object, Policies, Query, Role,
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
    judged: Judged,
}

/// By which policies a caller is judged, and for which method. Two callers are the same whatever it is.
#[derive(Clone, Debug, Default)]
struct Judged(Option<(Arc<Policies>, Arc<str>)>);

impl PartialEq for Judged {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Judged {}

impl Caller {
    /// Makes a caller that is judged by the policies that are part of the program, until [`Caller::calling`] says otherwise.
    #[must_use]
    pub fn new(
        subject: impl Into<String>,
        agency: impl Into<String>,
        party: Option<String>,
        roles: Vec<Role>,
    ) -> Self {
        Self {
            subject: subject.into(),
            agency: agency.into(),
            party,
            roles,
            judged: Judged::default(),
        }
    }

    /// Lets the caller be judged by `policies`, as one that calls `method`, for example
    /// `accord.documents.v1.DocumentService/GetDocument`.
    #[must_use]
    pub fn calling(self, method: &str, policies: Arc<Policies>) -> Self {
        Self {
            judged: Judged(Some((policies, Arc::from(method)))),
            ..self
        }
    }

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
        Caller::new("anonymous", "anonymous", None, vec![Role::Reader])
    }

    /// Checks that the caller may call its method at all, whatever it is about; else `PERMISSION_DENIED` with
    /// `ROLE_REQUIRED` or `POLICY_DENIED`. A method that the policies do not know is judged as one that reads.
    pub fn may_call(&self) -> Result<(), Fault> {
        policy::check_call(self)
    }

    /// Checks that the caller may read; else `PERMISSION_DENIED`/`ROLE_REQUIRED`, here and below
    /// `POLICY_DENIED` where a policy of the installation refuses what role and party would allow.
    pub fn may_read(&self) -> Result<(), Fault> {
        policy::check(self, Action::Read)
    }

    /// Returns how far the caller may read what is not public, given that it may read at all.
    #[must_use]
    pub fn clearance(&self) -> Clearance {
        policy::clearance(self)
    }

    /// Logs that the caller was not given what has `level` and belongs to `parties`, with the policies that decided that, as each denied
    /// call is logged.
    pub fn log_denied_read(&self, level: Level, parties: &[String]) {
        policy::log_denied_read(self, level, parties);
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

    /// Returns the method that is called, where it is known.
    #[must_use]
    pub fn method(&self) -> Option<&str> {
        self.judged.0.as_ref().map(|(_, method)| &**method)
    }

    /// The policies that judge the caller.
    pub(crate) fn policies(&self) -> Arc<Policies> {
        match &self.judged.0 {
            Some((policies, _)) => Arc::clone(policies),
            None => Policies::shipped(),
        }
    }

    /// Asks for the caller whether its method may do what is in `group` to `object`.
    pub(crate) fn query<'a>(&'a self, group: Group, object: Object<'a>) -> Query<'a> {
        Query {
            agency: &self.agency,
            party: self.party.as_deref(),
            roles: &self.roles,
            method: self.method(),
            group,
            object,
        }
    }
}
