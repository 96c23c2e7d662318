//! Public keys that are fetched from an address.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, routing::get};
use clock::Clock;
use host::{AuthArgs, Bearer, Deps, Metrics, Stack, Tokens, in_process};
use identity::{AUDIENCE, Grant, ISSUER, Issuer, Role};
use tonic::{Code, service::interceptor::InterceptedService};

use crate::{
    probe,
    process::Running,
    world::{call, client, error_info},
};

/// An issuer's address: what it answers, and how often it was asked.
struct Address {
    url: String,
    keys: Arc<Mutex<String>>,
    asked: Arc<AtomicUsize>,
    /// How long an answer takes, in milliseconds.
    takes_ms: Arc<AtomicU64>,
}

impl Address {
    async fn serve(keys: String) -> Self {
        let keys = Arc::new(Mutex::new(keys));
        let asked = Arc::new(AtomicUsize::new(0));
        let takes_ms = Arc::new(AtomicU64::new(0));
        let (answer, count, takes) = (keys.clone(), asked.clone(), takes_ms.clone());
        let router = Router::new().route(
            "/jwks.json",
            get(move || {
                count.fetch_add(1, Ordering::Relaxed);
                let keys = answer.lock().unwrap().clone();
                let takes = Duration::from_millis(takes.load(Ordering::Relaxed));
                async move {
                    tokio::time::sleep(takes).await;
                    keys
                }
            }),
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            url,
            keys,
            asked,
            takes_ms,
        }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    fn args(&self, interval: u64) -> AuthArgs {
        AuthArgs {
            auth_issuer: Some(ISSUER.to_owned()),
            auth_audience: Some(AUDIENCE.to_owned()),
            auth_jwks: Some(self.url.clone()),
            auth_jwks_interval: interval,
            auth_jwks_stale_seconds: 86_400,
            ..AuthArgs::default()
        }
    }
}

fn issuer() -> (Issuer, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    let issuer = Issuer::open_or_create(directory.path(), Clock::system()).unwrap();
    (issuer, directory)
}

fn token(issuer: &Issuer) -> String {
    issuer.issue(&Grant {
        agency: "uz-stat".to_owned(),
        party: Some("UZ".to_owned()),
        roles: vec![Role::Editor],
        ttl: Duration::from_mins(1),
    })
}

/// Calls with a token of `issuer`; the reason of a refusal.
async fn ask(tokens: &Tokens, issuer: &Issuer) -> Result<(), String> {
    let stack = Stack::new(tokens.clone(), Metrics::new().unwrap(), Clock::system());
    let channel = in_process(probe::component(&Deps::new(Clock::system())), &stack);
    let bearer = Bearer::new(&token(issuer)).unwrap();
    let mut client = client(InterceptedService::new(channel, bearer));
    match call(&mut client, "/probe.Probe/Echo", "").await {
        Ok(_) => Ok(()),
        Err(status) => {
            assert_eq!(status.code(), Code::Unauthenticated);
            Err(error_info(&status).0)
        }
    }
}

#[tokio::test]
async fn new_key_is_learnt_from_the_first_token_that_it_signs() {
    let ((first, _one), (second, _two)) = (issuer(), issuer());
    let address = Address::serve(first.jwks()).await;
    let tokens = address.args(0).tokens(Clock::system()).await.unwrap();
    assert_eq!(ask(&tokens, &first).await, Ok(()));
    assert_eq!(address.asked(), 1);
    *address.keys.lock().unwrap() = second.jwks();
    assert_eq!(ask(&tokens, &second).await, Ok(()));
    assert_eq!(address.asked(), 2);
    // The old key is gone, and with it what was remembered.
    assert_eq!(ask(&tokens, &first).await, Err("TOKEN_INVALID".to_owned()));
}

#[tokio::test]
async fn unknown_keys_do_not_make_us_ask_more_often_than_the_setting_says() {
    let ((known, _one), (stranger, _two)) = (issuer(), issuer());
    let address = Address::serve(known.jwks()).await;
    let tokens = address.args(3_600).tokens(Clock::system()).await.unwrap();
    for _ in 0..5 {
        assert_eq!(
            ask(&tokens, &stranger).await,
            Err("TOKEN_INVALID".to_owned())
        );
    }
    assert_eq!(ask(&tokens, &known).await, Ok(()));
    assert_eq!(address.asked(), 1);
}

#[tokio::test]
async fn keys_stay_when_the_address_answers_nonsense() {
    let ((known, _one), (stranger, _two)) = (issuer(), issuer());
    let address = Address::serve(known.jwks()).await;
    let tokens = address.args(0).tokens(Clock::system()).await.unwrap();
    for nonsense in ["", "{}", "<html>", &"x".repeat(300 * 1024)] {
        *address.keys.lock().unwrap() = nonsense.to_owned();
        assert_eq!(
            ask(&tokens, &stranger).await,
            Err("TOKEN_INVALID".to_owned())
        );
        assert_eq!(ask(&tokens, &known).await, Ok(()));
    }
    assert_eq!(address.asked(), 5);
}

#[tokio::test(start_paused = true)]
async fn keys_are_used_for_so_long_while_their_address_does_not_answer_and_then_calls_are_unavailable()
 {
    let (issuer, _directory) = issuer();
    let address = Address::serve(issuer.jwks()).await;
    let args = AuthArgs {
        auth_jwks_stale_seconds: 300,
        ..address.args(0)
    };
    let tokens = args.tokens(Clock::system()).await.unwrap();
    let metrics = Metrics::new().unwrap();
    let stack = Stack::new(tokens, metrics.clone(), Clock::system());
    let channel = in_process(probe::component(&Deps::new(Clock::system())), &stack);
    let bearer = Bearer::new(&token(&issuer)).unwrap();
    let mut client = client(InterceptedService::new(channel, bearer));
    *address.keys.lock().unwrap() = "<html>".to_owned();
    // The address says nothing of how long they are good for, so that is ten minutes, and five beyond.
    tokio::time::sleep(Duration::from_secs(600 + 290)).await;
    call(&mut client, "/probe.Probe/Echo", "").await.unwrap();
    tokio::time::sleep(Duration::from_secs(30)).await;
    let refused = call(&mut client, "/probe.Probe/Echo", "")
        .await
        .unwrap_err();
    assert_eq!(refused.code(), Code::Unavailable);
    assert_eq!(error_info(&refused).0, "KEYS_UNAVAILABLE");
    let text = metrics.text();
    let of = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        let value = line.unwrap().rsplit(' ').next().unwrap();
        value.parse::<f64>().unwrap()
    };
    assert!(of("accord_auth_keys_age_seconds{") >= 900.0, "{text}");
    assert!(
        of("accord_auth_keys_fetches_failed_total{") >= 5.0,
        "{text}"
    );
    // The first call after its return finds it.
    *address.keys.lock().unwrap() = issuer.jwks();
    call(&mut client, "/probe.Probe/Echo", "").await.unwrap();
}

#[tokio::test]
async fn whoever_invents_keys_does_not_hold_the_places_of_others() {
    let ((known, _one), (stranger, _two)) = (issuer(), issuer());
    let address = Address::serve(known.jwks()).await;
    let tokens = address.args(0).tokens(Clock::system()).await.unwrap();
    address.takes_ms.store(1_500, Ordering::Relaxed);
    let stack = Stack::new(tokens, Metrics::new().unwrap(), Clock::system()).max_calls(8);
    let channel = in_process(probe::component(&Deps::new(Clock::system())), &stack);
    let asking = |issuer: &Issuer| {
        let bearer = Bearer::new(&token(issuer)).unwrap();
        let mut client = client(InterceptedService::new(channel.clone(), bearer));
        async move { call(&mut client, "/probe.Probe/Echo", "").await }
    };
    let strangers = futures::future::join_all((0..8).map(|_| asking(&stranger)));
    let beside = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        asking(&known).await
    };
    let (strangers, beside) = tokio::join!(strangers, beside);
    beside.unwrap();
    let codes: Vec<Code> = strangers
        .into_iter()
        .map(|answer| answer.unwrap_err().code())
        .collect();
    let of = |wanted| codes.iter().filter(|code| **code == wanted).count();
    assert_eq!(of(Code::Unauthenticated), 1, "{codes:?}");
    assert_eq!(of(Code::Unavailable), 7, "{codes:?}");
}

#[tokio::test]
async fn keys_of_this_machine_are_fetched_without_a_proxy() {
    let (issuer, _directory) = issuer();
    let address = Address::serve(issuer.jwks()).await;
    let proxy = "http://127.0.0.1:9";
    let mut running = Running::start_with(&[
        ("ACCORD_AUTH_JWKS", &address.url),
        ("http_proxy", proxy),
        ("HTTP_PROXY", proxy),
        ("ALL_PROXY", proxy),
        ("NO_PROXY", ""),
    ])
    .await;
    assert_eq!(address.asked(), 1);
    running.signal("TERM");
    assert!(running.end().await.success());
}

#[tokio::test]
async fn what_may_be_secret_of_the_address_of_the_keys_is_not_told() {
    let address = Address::serve(String::new()).await;
    let mut args = address.args(0);
    for (url, code) in [
        (format!("{}?key=secret", address.url), 1),
        (address.url.replace("://", "://me:secret@"), 2),
        ("https://me:secret@:x".to_owned(), 2),
    ] {
        args.auth_jwks = Some(url);
        let error = args.tokens(Clock::system()).await.unwrap_err();
        assert_eq!(error.exit_code(), code, "{error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn process_does_not_start_without_keys() {
    let address = Address::serve(String::new()).await;
    let error = address.args(0).tokens(Clock::system()).await.unwrap_err();
    assert_eq!(error.exit_code(), 1);
    assert!(error.to_string().contains("ACCORD_AUTH_JWKS"), "{error}");
}
