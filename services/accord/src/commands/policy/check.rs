//! `accord policy check`.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use identity::{Asked, Grant, Group, Lack, Level, Object, Policies, Query, Role, Verdict};
use serde_json::{Value, json};

use crate::error::Error;
use crate::render::{Block, Column, Page, Table};

/// Options of `accord policy check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord policy check --agency uz-stat --party UZ --role editor \\
         --method accord.documents.v1.DocumentService/UpdateDocument --resource-party KZ
  accord policy check --agency kz-audit --party KZ --role reader \\
         --method accord.documents.v1.DocumentService/GetDocument --resource-party KZ --access-level OFFICIAL -o json
  accord policy check --agency ops --role operator --method accord.documents.v1.DocumentService/PurgeDocuments \\
         --policy-dir ./policies

Two things are asked, as in a real call: whether the agency may call the method at all, which the gateway asks too; and, with
--resource-party, whether it may do so to what belongs to that party, or in that party's name.
Exit codes: 0 allowed, 4 denied, 2 for a wrong question, 3 for wrong policies.")]
pub(super) struct Args {
    /// The agency, as in its token.
    #[arg(long, value_name = "NAME")]
    agency: String,
    /// The agency's party, as ISO 3166-1 alpha-2; none for an operator.
    #[arg(long, value_name = "CODE")]
    party: Option<String>,
    /// A role of the agency: reader, editor or operator; repeat it for several.
    #[arg(long = "role", value_name = "ROLE", value_parser = |word: &str| word.parse::<Role>().map_err(|error| error.to_string()))]
    roles: Vec<Role>,
    /// The method, as package.Service/Method.
    #[arg(long, value_name = "METHOD")]
    method: String,
    /// A party that the resource belongs to, or the one whose word is given; for methods that read it can be repeated.
    #[arg(long, value_name = "CODE")]
    resource_party: Vec<String>,
    /// How widely the resource may be read, for methods that read: PUBLIC, OFFICIAL or RESTRICTED. PUBLIC if only
    /// --resource-party is given.
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    access_level: Option<Level>,
    /// The folder with the policies; without it those that are part of the program.
    #[arg(long, value_name = "DIR", env = "ACCORD_POLICY_DIR")]
    policy_dir: Option<PathBuf>,
    /// The form of the answer.
    #[arg(long, short, value_enum, default_value = "table")]
    output: Output,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Output {
    /// Text for people.
    Table,
    /// One JSON object.
    Json,
}

/// One question and its answer.
struct Step {
    question: String,
    verdict: Arc<Verdict>,
    /// What is needed beside what is asked for, and is not there.
    lack: Option<Lack>,
}

impl Step {
    /// Why it is denied; nothing where a policy that decided says so itself.
    fn why(&self) -> Option<String> {
        match (&self.lack, self.verdict.allowed) {
            (Some(lack), _) => Some(lack.to_string()),
            (None, false) if self.verdict.deciding.is_empty() => {
                Some("no policy permits it".to_owned())
            }
            (None, _) => None,
        }
    }
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    let grant = Grant {
        agency: args.agency.clone(),
        party: args.party.clone(),
        roles: args.roles.clone(),
        ttl: Duration::from_secs(1),
    };
    grant
        .check()
        .map_err(|error| Error::Usage(format!("no service would accept such a token: {error}")))?;
    let policies = super::read(args.policy_dir.as_deref())?;
    for warning in policies.warnings() {
        eprintln!("warning: {warning}");
    }
    let steps = ask(args, &policies)?;
    let allowed = steps.iter().all(|step| step.verdict.allowed);
    let mut out = std::io::stdout();
    match args.output {
        Output::Table => write!(out, "{}", page(args, &steps, allowed))?,
        Output::Json => {
            serde_json::to_writer_pretty(&mut out, &as_json(args, &steps, allowed))
                .map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
    }
    if allowed {
        return Ok(());
    }
    Err(Error::Doubtful("the call would be denied".to_owned()))
}

/// Asks what a call would be asked.
fn ask(args: &Args, policies: &Policies) -> Result<Vec<Step>, Error> {
    let method = args.method.trim_start_matches('/');
    let group = policies.group(method).ok_or_else(|| {
        Error::Usage(format!(
            "the policies know no method {method:?}; write it as accord.documents.v1.DocumentService/GetDocument"
        ))
    })?;
    let query = |group, object| Query {
        agency: &args.agency,
        party: args.party.as_deref(),
        roles: &args.roles,
        method: Some(method),
        group,
        object,
    };
    let whole = query(group, Object::Whole);
    let (_, verdict) = policies.calls(whole);
    // Who may call reads what is public, of whomever; what keeps somebody from that is told as what it is.
    let lack = (group == Group::Read)
        .then(|| policies.lacks(&whole, false, Level::Public))
        .flatten()
        .filter(|lack| lack.asked != Asked::Call);
    let mut steps = vec![Step {
        question: "call the method".to_owned(),
        verdict,
        lack,
    }];
    if let Some((question, group, level)) = about(args, group)? {
        let parties: Vec<&str> = args.resource_party.iter().map(String::as_str).collect();
        let object = Object::Of {
            parties: &parties,
            level,
        };
        let query = query(group, object);
        let (verdict, lack) = match level {
            Some(level) => {
                let is_own = args
                    .party
                    .as_deref()
                    .is_some_and(|own| parties.contains(&own));
                let lack = policies.lacks(&query, is_own, level);
                (policies.reads(&query, &parties, level), lack)
            }
            None => (policies.decide(&query), None),
        };
        let lack = lack.filter(|lack| lack.asked != Asked::Call);
        steps.push(Step {
            question,
            verdict,
            lack,
        });
    }
    Ok(steps)
}

/// The second question, in words; nothing if no resource is named.
fn about(args: &Args, group: Group) -> Result<Option<(String, Group, Option<Level>)>, Error> {
    let parties = args.resource_party.join(", ");
    match (group, args.access_level) {
        (_, None) if args.resource_party.is_empty() => Ok(None),
        (Group::Read, level) => {
            let level = level.unwrap_or(Level::Public);
            let whose = if parties.is_empty() { "nobody" } else { parties.as_str() };
            let question = format!("read what is {} and belongs to {whose}", level.as_str());
            Ok(Some((question, Group::Read, Some(level))))
        }
        (Group::Administer, _) => Err(Error::Usage(
            "the method is about no party: leave out --resource-party and --access-level".to_owned(),
        )),
        (Group::Edit | Group::GiveWord, Some(_)) => Err(Error::Usage(
            "--access-level is for methods that read: whoever records gives a party's word, at any level".to_owned(),
        )),
        (Group::Edit | Group::GiveWord, None) if args.resource_party.len() > 1 => Err(Error::Usage(
            "the word of one party is given: name one --resource-party".to_owned(),
        )),
        (Group::Edit | Group::GiveWord, None) => {
            Ok(Some((format!("give the word of {parties}"), Group::GiveWord, None)))
        }
    }
}

fn page(args: &Args, steps: &[Step], allowed: bool) -> Page {
    let roles: Vec<&str> = args.roles.iter().map(|role| role.as_str()).collect();
    let pairs = vec![
        ("Decision", decision(allowed).to_owned()),
        ("Agency", args.agency.clone()),
        (
            "Party",
            args.party.clone().unwrap_or_else(|| "none".to_owned()),
        ),
        (
            "Roles",
            if roles.is_empty() {
                "none".to_owned()
            } else {
                roles.join(", ")
            },
        ),
        ("Method", args.method.clone()),
    ];
    let mut table = Table::new(vec![
        Column::prose("QUESTION"),
        Column::text("ANSWER"),
        Column::text("POLICY"),
        Column::prose("WHY"),
    ]);
    for step in steps {
        let answer = decision(step.verdict.allowed);
        let why = step.why();
        if step.verdict.deciding.is_empty() {
            table.push(vec![
                step.question.clone(),
                answer.to_owned(),
                "none".to_owned(),
                why.clone().unwrap_or_default(),
            ]);
        }
        for policy in &step.verdict.deciding {
            let because = [why.as_deref(), Some(policy.because.as_str())];
            let because: Vec<&str> = because
                .into_iter()
                .flatten()
                .filter(|text| !text.is_empty())
                .collect();
            table.push(vec![
                step.question.clone(),
                answer.to_owned(),
                policy.id.clone(),
                because.join(": "),
            ]);
        }
    }
    Page::new(vec![Block::Pairs(pairs), Block::Table(table)])
}

fn as_json(args: &Args, steps: &[Step], allowed: bool) -> Value {
    let steps: Vec<Value> = steps
        .iter()
        .map(|step| {
            let policies: Vec<Value> = step
                .verdict
                .deciding
                .iter()
                .map(|policy| {
                    json!({
                        "id": policy.id,
                        "effect": if policy.forbids { "forbid" } else { "permit" },
                        "because": policy.because,
                        "file": policy.file,
                    })
                })
                .collect();
            json!({
                "question": step.question,
                "decision": decision(step.verdict.allowed),
                "policies": policies,
                "why": step.why(),
            })
        })
        .collect();
    json!({
        "decision": decision(allowed),
        "agency": args.agency,
        "party": args.party,
        "roles": args.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>(),
        "method": args.method,
        "resourceParties": args.resource_party,
        "accessLevel": args.access_level.map(Level::as_str),
        "steps": steps,
    })
}

const fn decision(allowed: bool) -> &'static str {
    if allowed { "allow" } else { "deny" }
}

fn level(word: &str) -> Result<Level, String> {
    Level::ALL
        .into_iter()
        .find(|level| level.as_str().eq_ignore_ascii_case(word))
        .ok_or_else(|| "the levels are PUBLIC, OFFICIAL and RESTRICTED".to_owned())
}
