//! The first question to the policies, before anything else of a call is looked at; and policies that change.

use std::{fs, time::Duration};

use clock::Clock;
use host::{Bearer, Deps, Metrics, PolicyArgs, Stack, Tokens, in_process, reload_policies};
use identity::{Grant, Issuer, Policies, PolicyFile, PolicyFiles, Role};
use tonic::{Code, service::interceptor::InterceptedService, transport::Channel};
use tonic_prost::ProstCodec;

use crate::{
    probe,
    world::{World, call, client, error_info, stream},
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

/// Policies of one text.
fn policies(text: &str) -> Policies {
    let policies = vec![PolicyFile {
        name: "test.cedar".to_owned(),
        text: text.to_owned(),
    }];
    Policies::of(&PolicyFiles {
        policies,
        ..PolicyFiles::shipped()
    })
    .unwrap()
}

#[tokio::test]
async fn policies_that_are_put_in_force_end_open_streams_that_they_do_not_allow() {
    let world = World::start().await;
    let (mut denied, mut kept) = (world.client(), world.client_of("uz-customs"));
    let mut ending = stream(&mut denied, "/probe.Probe/Count").await.unwrap();
    let mut going_on = stream(&mut kept, "/probe.Probe/Count").await.unwrap();
    for _ in 0..3 {
        ending.message().await.unwrap();
        going_on.message().await.unwrap();
    }
    let without_one = "@id(\"gone\") forbid (principal == Agency::\"uz-stat\", action, resource);";
    world
        .rules
        .replace(policies(&format!("{OPEN}{without_one}")));
    let ended = async {
        loop {
            match ending.message().await {
                Ok(item) => assert!(item.is_some(), "it ends of itself"),
                Err(status) => return status,
            }
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(3), ended).await;
    let ended = ended.expect("the stream goes on");
    assert_eq!(ended.code(), Code::PermissionDenied);
    let (reason, domain) = error_info(&ended);
    assert_eq!((&*reason, &*domain), ("POLICY_DENIED", "probe"));
    for _ in 0..20 {
        assert!(going_on.message().await.unwrap().is_some());
    }
}

#[tokio::test]
async fn policies_that_are_put_in_force_end_requests_that_are_still_sent() {
    let world = World::start().await;
    let mut client = world.client();
    call(&mut client, "/probe.Probe/Echo", "").await.unwrap();
    client.ready().await.unwrap();
    let (begun, begins) = tokio::sync::oneshot::channel();
    let sending = endless(begun);
    let path = http::uri::PathAndQuery::from_static("/probe.Probe/Collect");
    let codec = ProstCodec::<String, String>::default();
    let upload = client.client_streaming(tonic::Request::new(sending), path, codec);
    let nothing = policies("@id(\"none\") forbid (principal, action, resource);");
    let denying = async {
        begins.await.unwrap();
        // For the call to pass the layers, with a part of what it sends.
        tokio::time::sleep(Duration::from_millis(300)).await;
        world.rules.replace(nothing);
    };
    let ended = async { tokio::join!(upload, denying).0 };
    let ended = tokio::time::timeout(Duration::from_secs(3), ended).await;
    let ended = ended.expect("the upload goes on").unwrap_err();
    assert_eq!(ended.code(), Code::PermissionDenied);
    assert_eq!(error_info(&ended).0, "POLICY_DENIED");
}

/// Texts without end, one each ten milliseconds; `begun` is told of the first.
fn endless(begun: tokio::sync::oneshot::Sender<()>) -> impl futures::Stream<Item = String> {
    futures::stream::unfold(Some(begun), |begun| async {
        tokio::time::sleep(Duration::from_millis(10)).await;
        if let Some(begun) = begun {
            begun.send(()).unwrap();
        }
        Some((String::from("x"), None))
    })
}

#[tokio::test]
async fn a_call_that_is_under_way_is_answered_under_policies_that_do_not_allow_it() {
    let world = World::start().await;
    let mut client = world.client();
    call(&mut client, "/probe.Probe/Echo", "").await.unwrap();
    let nothing = policies("@id(\"none\") forbid (principal, action, resource);");
    let denying = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        world.rules.replace(nothing);
    };
    let (answer, ()) = tokio::join!(call(&mut client, "/probe.Probe/Sleep", "900"), denying);
    assert_eq!(answer.unwrap().into_inner(), "900");
}
