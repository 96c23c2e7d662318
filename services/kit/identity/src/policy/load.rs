//! From the texts of policies to a set that decides, or to everything that is wrong with them.

use std::{
    collections::{HashMap, HashSet},
    str::FromStr as _,
    sync::Arc,
};

use cedar_policy::{Effect, Entities, PolicyId, PolicySet, Schema, ValidationMode, Validator};

use super::{
    Mistake, Policies, Policy, PolicyError, PolicyFile, PolicyFiles, entities, methods::Methods,
    passed, reading,
};
use crate::{Level, Role};

/// Names a policy.
const ID: &str = "id";
/// Says why a policy is there.
const BECAUSE: &str = "because";

/// Checks everything that can be, and tells all that is wrong at once: a file that cannot be read hides nothing in the others.
pub(super) fn load(files: &PolicyFiles) -> Result<Policies, PolicyError> {
    let mut mistakes = Vec::new();
    let schema = noted(schema(&files.schema), &mut mistakes);
    let methods = schema.as_ref().and_then(|schema| {
        let methods = noted(Methods::of(schema, &files.schema), &mut mistakes)?;
        let fits = check_entities(schema, &methods, &files.schema);
        noted(fits, &mut mistakes).map(|()| methods)
    });
    let mut all = Collected::default();
    for file in &files.policies {
        all.take(file);
    }
    mistakes.append(&mut all.mistakes);
    let Some(schema) = schema else {
        return Err(PolicyError(mistakes));
    };
    let checked = Validator::new(schema.clone()).validate(&all.set, ValidationMode::Strict);
    let place = |id: &PolicyId, error: &dyn miette::Diagnostic| {
        let file = all.about.get(id).map(|policy| policy.file.as_str());
        let file = files
            .policies
            .iter()
            .find(|one| Some(one.name.as_str()) == file);
        let (name, text) = file.map_or(("", ""), |file| (&file.name, &file.text));
        Mistake::of_cedar(name, text, error)
    };
    let mut wrong = HashSet::new();
    for error in checked.validation_errors() {
        wrong.insert(error.policy_id().clone());
        mistakes.extend(place(error.policy_id(), error));
    }
    let Some(methods) = methods else {
        return Err(PolicyError(mistakes));
    };
    mistakes.extend(all.unasked(files, &schema, &methods, &wrong));
    if !mistakes.is_empty() {
        return Err(PolicyError(mistakes));
    }
    let warnings = checked
        .validation_warnings()
        .flat_map(|warning| place(warning.policy_id(), warning))
        .collect();
    let mut policies = Policies::new(all.set, Arc::new(methods), all.about, warnings);
    let passed = passed::warnings(&policies, files, &schema);
    policies.warnings.extend(passed);
    Ok(policies)
}

/// Takes what is in order, and notes what is wrong.
fn noted<T>(outcome: Result<T, Vec<Mistake>>, mistakes: &mut Vec<Mistake>) -> Option<T> {
    outcome.map_err(|wrong| mistakes.extend(wrong)).ok()
}

/// Something wrong in a policy, at `word` of it.
pub(super) fn mistake_in(
    files: &PolicyFiles,
    about: &HashMap<PolicyId, Arc<Policy>>,
    policy: &cedar_policy::Policy,
    word: &str,
    reason: String,
) -> Option<Mistake> {
    let name = &about.get(policy.id())?.file;
    let file = files.policies.iter().find(|one| one.name == *name)?;
    let text = policy.to_string();
    let offset = file.text.find(&text).unwrap_or(0) + text.find(word).unwrap_or(0);
    Some(Mistake::at(&file.name, &file.text, offset, reason))
}

fn schema(file: &PolicyFile) -> Result<Schema, Vec<Mistake>> {
    match Schema::from_cedarschema_str(&file.text) {
        Ok((schema, _)) => Ok(schema),
        Err(error) => Err(Mistake::of_cedar(&file.name, &file.text, &error)),
    }
}

/// Checks that what questions are made of fits the schema; else a checked policy could still fail.
fn check_entities(
    schema: &Schema,
    methods: &Methods,
    file: &PolicyFile,
) -> Result<(), Vec<Mistake>> {
    let mut samples = vec![entities::agency("agency", Some("UZ"), &Role::ALL)];
    let mut kinds: Vec<_> = methods
        .all()
        .into_iter()
        .map(|method| &method.kind)
        .collect();
    kinds.extend(methods.none().map(|none| &none.kind));
    kinds.sort();
    kinds.dedup();
    for kind in kinds {
        samples.push(entities::record(kind, &["UZ"], None));
        for level in Level::ALL {
            samples.push(entities::record(kind, &["UZ"], Some(level)));
        }
    }
    let wrong = samples
        .into_iter()
        .flatten()
        .find_map(|sample| Entities::from_entities([sample], Some(schema)).err());
    match wrong {
        None => Ok(()),
        Some(error) => Err(Mistake::of_cedar(&file.name, &file.text, &error)),
    }
}

/// The policies of several files.
#[derive(Default)]
struct Collected {
    set: PolicySet,
    about: HashMap<PolicyId, Arc<Policy>>,
    mistakes: Vec<Mistake>,
}

impl Collected {
    fn take(&mut self, file: &PolicyFile) {
        let parsed = match PolicySet::from_str(&file.text) {
            Ok(parsed) => parsed,
            Err(error) => {
                let mistakes = Mistake::of_cedar(&file.name, &file.text, &error);
                self.mistakes.extend(mistakes);
                return;
            }
        };
        if parsed.templates().next().is_some() {
            let reason = "templates are not used: write out each policy";
            self.mistakes.push(Mistake::of_file(&file.name, reason));
        }
        for policy in parsed.policies() {
            if let Err(reason) = self.add(policy, &file.name) {
                let offset = file.text.find(&policy.to_string()).unwrap_or(0);
                let mistake = Mistake::at(&file.name, &file.text, offset, reason);
                self.mistakes.push(mistake);
            }
        }
    }

    /// Everything that policies say and no service asks, but of those that are wrong otherwise.
    fn unasked(
        &self,
        files: &PolicyFiles,
        schema: &Schema,
        methods: &Methods,
        wrong: &HashSet<PolicyId>,
    ) -> Vec<Mistake> {
        let right = self
            .set
            .policies()
            .filter(|policy| !wrong.contains(policy.id()));
        let mut found: Vec<Mistake> = right
            .filter_map(|policy| {
                let (word, reason) = reading::unasked(policy, schema, methods)?;
                mistake_in(files, &self.about, policy, &word, reason)
            })
            .collect();
        // Policies come in no order.
        found.sort_by(|one, other| (&one.file, one.place).cmp(&(&other.file, other.place)));
        found
    }

    fn add(&mut self, policy: &cedar_policy::Policy, file: &str) -> Result<(), String> {
        let name = policy.annotation(ID).unwrap_or_default();
        if name.is_empty() {
            return Err(
                "the policy needs an @id(\"…\"), by which its decisions are told".to_owned(),
            );
        }
        let id = PolicyId::new(name);
        if let Some(other) = self.about.get(&id) {
            return Err(format!(
                "{} has a policy with the @id {name:?} too",
                other.file
            ));
        }
        let about = Policy {
            id: name.to_owned(),
            because: policy.annotation(BECAUSE).unwrap_or_default().to_owned(),
            forbids: policy.effect() == Effect::Forbid,
            file: file.to_owned(),
        };
        self.set
            .add(policy.new_id(id.clone()))
            .map_err(|error| error.to_string())?;
        self.about.insert(id, Arc::new(about));
        Ok(())
    }
}
