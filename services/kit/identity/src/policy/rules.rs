//! A set of policies, ready to decide.

use std::{
    collections::HashMap,
    fmt,
    path::Path,
    sync::{Arc, LazyLock},
};

use cedar_policy::{Authorizer, Context, Decision, Entities, PolicyId, PolicySet, Request};

use super::{
    Group, Mistake, Policy, PolicyError, PolicyFiles, Query, Verdict, entities, load,
    methods::Methods, query::Object,
};
use crate::recent::Recent;

/// How many answers are remembered, up to twice as many (see `Recent`). An agency asks a few different questions for each method that it
/// calls; what is forgotten is computed again.
const REMEMBERED: usize = 8_192;

/// A checked set of policies with its schema. It never changes; another set takes its place.
pub struct Policies {
    pub(super) set: PolicySet,
    pub(super) methods: Arc<Methods>,
    pub(super) about: HashMap<PolicyId, Arc<Policy>>,
    pub(super) warnings: Vec<Mistake>,
    answers: Recent<Box<[u8]>, Arc<Verdict>>,
}

impl Policies {
    pub(super) fn new(
        set: PolicySet,
        methods: Arc<Methods>,
        about: HashMap<PolicyId, Arc<Policy>>,
        warnings: Vec<Mistake>,
    ) -> Self {
        Self {
            set,
            methods,
            about,
            warnings,
            answers: Recent::new(REMEMBERED),
        }
    }

    /// Returns the policies that are part of the program.
    #[must_use]
    pub fn shipped() -> Arc<Self> {
        static SHIPPED: LazyLock<Arc<Policies>> = LazyLock::new(|| {
            let shipped = Policies::of(&PolicyFiles::shipped()).unwrap_or_else(|error| {
                // Tests keep this from being true; without policies everything is refused.
                tracing::error!(%error, "the policies of the program are wrong");
                Policies::new(PolicySet::new(), Arc::default(), HashMap::new(), Vec::new())
            });
            Arc::new(shipped)
        });
        Arc::clone(&SHIPPED)
    }

    /// Reads and checks the policies of a folder, see [`PolicyFiles::read`].
    pub fn read(folder: &Path) -> Result<Self, PolicyError> {
        Self::of(&PolicyFiles::read(folder)?)
    }

    /// Checks policies strictly against their schema, and the schema against the contracts.
    pub fn of(files: &PolicyFiles) -> Result<Self, PolicyError> {
        load::load(files)
    }

    /// Returns what is allowed but looks wrong.
    #[must_use]
    pub fn warnings(&self) -> &[Mistake] {
        &self.warnings
    }

    /// Returns the same policies without one.
    pub(super) fn without(&self, id: &PolicyId) -> Self {
        let mut set = self.set.clone();
        // One that is not there is left out already.
        let _ = set.remove_static(id.clone());
        Self::new(
            set,
            Arc::clone(&self.methods),
            self.about.clone(),
            Vec::new(),
        )
    }

    /// Returns every policy, by id.
    #[must_use]
    pub fn all(&self) -> Vec<&Policy> {
        let mut all: Vec<&Policy> = self.about.values().map(AsRef::as_ref).collect();
        all.sort_by(|one, other| one.id.cmp(&other.id));
        all
    }

    /// Returns every method that the schema knows and what it does, by name.
    #[must_use]
    pub fn methods(&self) -> Vec<(&str, Group)> {
        let all = self.methods.all().into_iter();
        all.map(|method| (method.name.as_str(), method.group))
            .collect()
    }

    /// Returns what a method does; nothing if the schema does not know it.
    #[must_use]
    pub fn group(&self, method: &str) -> Option<Group> {
        self.methods.get(method).map(|method| method.group)
    }

    /// Answers a question; the answers of the last questions are remembered. Those of all methods that the schema does not know are
    /// one: callers write their names, of any length and as many as they like.
    #[must_use]
    pub fn decide(&self, query: &Query<'_>) -> Arc<Verdict> {
        let known = query.method.filter(|name| self.methods.get(name).is_some());
        let key = Query {
            method: known,
            ..*query
        };
        let key = key.key();
        if let Some(verdict) = self.answers.get(key.as_slice()) {
            return verdict;
        }
        let verdict = Arc::new(self.evaluate(query));
        self.answers.put(key.into(), Arc::clone(&verdict));
        verdict
    }

    /// Answers a question without remembering it.
    #[must_use]
    pub fn evaluate(&self, query: &Query<'_>) -> Verdict {
        self.ask(query).unwrap_or_else(|| {
            tracing::error!(
                ?query,
                "a question that policies cannot be asked is refused"
            );
            Verdict::default_deny()
        })
    }

    fn ask(&self, query: &Query<'_>) -> Option<Verdict> {
        let method = query.method.and_then(|name| self.methods.get(name));
        let method = method.map(AsRef::as_ref);
        let action = self.methods.action(query.group, method)?;
        let about = method.or_else(|| self.methods.none())?;
        let agency = entities::agency(query.agency, query.party, query.roles)?;
        let mut known = vec![action.clone()];
        let resource = match query.object {
            Object::Whole => about.register.clone(),
            Object::Of { parties, level } => {
                let record = entities::record(&about.kind, parties, level)?;
                let resource = record.uid();
                known.push(record);
                resource
            }
        };
        let request = Request::new(agency.uid(), action.uid(), resource, Context::empty(), None);
        known.push(agency);
        let known = Entities::from_entities(known, None).ok()?;
        let response = Authorizer::new().is_authorized(&request.ok()?, &self.set, &known);
        let mut failed = response.diagnostics().errors().peekable();
        if failed.peek().is_some() {
            // A policy that cannot be evaluated might have forbidden.
            for error in failed {
                tracing::error!(%error, "a policy failed: refused");
            }
            return Some(Verdict::default_deny());
        }
        let reasons = response.diagnostics().reason();
        let mut deciding: Vec<Arc<Policy>> = reasons
            .filter_map(|id| self.about.get(id).cloned())
            .collect();
        deciding.sort_by(|one, other| one.id.cmp(&other.id));
        Some(Verdict {
            allowed: response.decision() == Decision::Allow,
            deciding,
        })
    }
}

impl fmt::Debug for Policies {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<&str> = self.all().into_iter().map(|one| one.id.as_str()).collect();
        formatter.debug_tuple("Policies").field(&ids).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    #[test]
    fn methods_that_nobody_knows_are_remembered_as_one() {
        let policies = Policies::of(&PolicyFiles::shipped()).unwrap();
        let ask = |method: &str| {
            let verdict = policies.decide(&Query {
                agency: "uz-stat",
                party: Some("UZ"),
                roles: &[Role::Reader],
                method: Some(method),
                group: Group::Read,
                object: Object::Whole,
            });
            assert!(verdict.allowed, "{method}");
        };
        // Some are asked when they are loaded.
        let before = policies.answers.len();
        for number in 0..100 {
            ask(&format!("acme.Shelf/{}{number}", "x".repeat(1000)));
        }
        assert_eq!(policies.answers.len(), before + 1);
        ask("accord.documents.v1.DocumentService/GetDocument");
        assert_eq!(policies.answers.len(), before + 2);
    }
}
