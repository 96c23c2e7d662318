//! The first question to the policies, before anything else of a call is looked at; and policies that change.

use std::{fs, time::Duration};

use clock::Clock;
use host::{Bearer, Deps, Metrics, PolicyArgs, Stack, Tokens, in_process, reload_policies};
use identity::{Grant, Issuer, Role};
use tonic::{Code, service::interceptor::InterceptedService, transport::Channel};

use crate::{
    probe,
    world::{call, client, error_info},
};

/// Methods of the contracts, which the probe does not answer.
const GET: &str = "/accord.documents.v1.DocumentService/GetDocument";
const UPDATE: &str = "/accord.documents.v1.DocumentService/UpdateDocument";
const PURGE: &str = "/accord.documents.v1.DocumentService/PurgeDocuments";
/// A method that no policy knows.
const SHELF: &str = "/acme.stock.v1.Shelf/Get";
const ENTRIES: &str = "/accord.ledger.v1.LedgerService/ListEntries";

/// Everything is permitted to everybody.
const OPEN: &str = "@id(\"open\") permit (principal, action, resource);";
/// And then something is forbidden.
const CLOSED: &str = "@id(\"closed\") forbid (principal == Agency::\"uz-stat\", action in Action::\"edit\", resource);";

struct Judge {
    channel: Channel,
    issuer: Issuer,
    _directory: tempfile::TempDir,
}

impl Judge {
    fn of(rules: host::Rules) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let issuer = Issuer::open_or_create(directory.path(), Clock::system()).unwrap();
        let tokens = Tokens::from(issuer.verifier().unwrap());
        let stack = Stack::new(tokens, Metrics::new().unwrap(), Clock::system()).rules(rules);
        Self {
            channel: in_process(probe::component(&Deps::new(Clock::system())), &stack),
            issuer,
            _directory: directory,
        }
    }

    /// The code, reason and domain of a call that nothing answers.
    async fn judge(&self, roles: &[Role], path: &'static str) -> (Code, String, String) {
        let token = self.issuer.issue(&Grant {
            agency: "uz-stat".to_owned(),
            party: None,
            roles: roles.to_vec(),
            ttl: Duration::from_mins(1),
        });
        let bearer = Bearer::new(&token).unwrap();
        let mut client = client(InterceptedService::new(self.channel.clone(), bearer));
        let status = call(&mut client, path, "").await.unwrap_err();
        let (reason, domain) = match status.code() {
            // The probe's own answer to what it does not know has no details.
            Code::Unimplemented => Default::default(),
            _ => error_info(&status),
        };
        (status.code(), reason, domain)
    }
}

fn told(code: Code, reason: &str, domain: &str) -> (Code, String, String) {
    (code, reason.to_owned(), domain.to_owned())
}

fn allowed() -> (Code, String, String) {
    told(Code::Unimplemented, "", "")
}

#[tokio::test]
async fn call_of_a_method_that_the_role_may_not_call_is_refused_in_the_words_of_its_service() {
    let judge = Judge::of(host::Rules::default());
    let denied = |domain| told(Code::PermissionDenied, "ROLE_REQUIRED", domain);
    let documents = "accord.documents.v1";
    for (roles, path, expected) in [
        (&[Role::Reader][..], GET, allowed()),
        (&[Role::Reader], UPDATE, denied(documents)),
        (&[Role::Reader], PURGE, denied(documents)),
        (&[Role::Editor], UPDATE, allowed()),
        (&[Role::Editor], PURGE, denied(documents)),
        (&[Role::Operator], PURGE, allowed()),
        (&[Role::Operator], UPDATE, denied(documents)),
        (&[], GET, denied(documents)),
        (&[], ENTRIES, denied("accord.ledger.v1")),
        (&[Role::Reader], SHELF, allowed()),
        (&[], SHELF, denied("acme.stock.v1")),
    ] {
        assert_eq!(judge.judge(roles, path).await, expected, "{roles:?} {path}");
    }
}

#[tokio::test]
async fn policies_of_a_folder_are_read_again_and_a_bad_set_leaves_those_before() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("all.cedar", OPEN);
    let args = PolicyArgs {
        policy_dir: Some(folder.path().to_owned()),
    };
    let rules = args.rules().unwrap();
    let judge = Judge::of(rules.clone());
    let reload = reload_policies(args.clone(), rules);
    assert_eq!(judge.judge(&[], UPDATE).await, allowed());

    write("more.cedar", CLOSED);
    reload();
    let denied = told(
        Code::PermissionDenied,
        "POLICY_DENIED",
        "accord.documents.v1",
    );
    assert_eq!(judge.judge(&[], UPDATE).await, denied);
    assert_eq!(judge.judge(&[], GET).await, allowed());

    write(
        "more.cedar",
        "@id(\"closed\") forbid (principal, action in Action::\"edti\", resource);",
    );
    reload();
    assert_eq!(judge.judge(&[], UPDATE).await, denied);
    let error = args.rules().unwrap_err();
    assert_eq!(error.exit_code(), 2);
    let text = error.to_string();
    assert!(
        text.contains("ACCORD_POLICY_DIR") && text.contains("more.cedar:1:"),
        "{text}"
    );

    fs::remove_file(folder.path().join("more.cedar")).unwrap();
    reload();
    assert_eq!(judge.judge(&[], UPDATE).await, allowed());
}
