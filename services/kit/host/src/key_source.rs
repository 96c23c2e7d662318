//! The keys of an issuer that publishes them at an address: fetched at the start, again before they get old, and when a token
//! names a key that is not known, but never often.

use std::{
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use clock::Clock;
use identity::Verifier;
use reqwest::{
    Client,
    header::{CACHE_CONTROL, HeaderMap},
    redirect::Policy,
};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep_until, timeout},
};
use url::{Host, Url};

use crate::{Metrics, StartError, Tokens, tokens::Accepted};

/// How long one fetch may take.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// Longest key set that is read; one of ten keys has 3 KiB.
const MAX_BYTES: usize = 256 * 1024;

/// How often keys are fetched when the issuer says nothing, and the bounds of what it may say in `Cache-Control: max-age`: while
/// the issuer answers, a key that was withdrawn is used for an hour at most.
const EVERY: Duration = Duration::from_mins(10);
const EVERY_AT_LEAST: Duration = Duration::from_mins(1);
const EVERY_AT_MOST: Duration = Duration::from_hours(1);

/// Longest wait of a call whose token names an unknown key.
const WAIT: Duration = Duration::from_secs(2);

/// Where keys come from, and what its tokens must say.
#[derive(Clone, Debug)]
pub(crate) struct Issuer {
    pub(crate) address: Url,
    pub(crate) name: String,
    pub(crate) audience: String,
    pub(crate) clock: Clock,
    /// Two fetches are at least this far apart, whatever tokens name: those without a good one must not make us ask the issuer.
    pub(crate) apart: Duration,
    /// How long keys are used beyond what their issuer says, while it does not answer: withdrawn ones too.
    pub(crate) stale: Duration,
}

/// The fetching of one process.
#[derive(Debug)]
pub(crate) struct KeySource {
    wanted: Notify,
    /// Whether the operator wants them, who may ask as often as they like.
    forced: AtomicBool,
    /// When the last fetch began.
    fetched: watch::Sender<Instant>,
    apart: Duration,
    /// When the keys that are used were asked for.
    good: Mutex<Instant>,
    failed: AtomicU64,
    /// Whether somebody counts already.
    is_counted: AtomicBool,
}

impl KeySource {
    fn new(apart: Duration) -> Self {
        Self {
            wanted: Notify::new(),
            forced: AtomicBool::new(false),
            fetched: watch::Sender::new(Instant::now()),
            apart,
            good: Mutex::new(Instant::now()),
            failed: AtomicU64::new(0),
            is_counted: AtomicBool::new(false),
        }
    }

    /// Lets `metrics` tell how old the keys are, and how often they could not be fetched; the first who asks does.
    pub(crate) fn count_into(self: &Arc<Self>, metrics: &Metrics) {
        if !self.is_counted.swap(true, Ordering::Relaxed) {
            let (ages, fails) = (Arc::clone(self), Arc::clone(self));
            metrics.observe_keys(
                move || ages.good().elapsed().as_secs_f64(),
                move || fails.failed.load(Ordering::Relaxed),
            );
        }
    }

    fn good(&self) -> Instant {
        *self.good.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for the keys, if they were not fetched a moment ago, and waits a moment until that has been tried.
    pub(crate) async fn refresh(&self) {
        let mut fetched = self.fetched.subscribe();
        if self.is_due() {
            self.wanted.notify_one();
            // A fetch that takes longer is of use to the next call.
            let _ = timeout(WAIT, fetched.changed()).await;
        }
    }

    /// Asks for the keys now, without waiting.
    pub(crate) fn want(&self) {
        self.forced.store(true, Ordering::Relaxed);
        self.wanted.notify_one();
    }

    fn is_due(&self) -> bool {
        self.fetched.borrow().elapsed() >= self.apart
    }

    /// Waits until keys are to be fetched: at `next`, or before if somebody wants them.
    async fn wait(&self, next: Instant) {
        loop {
            tokio::select! {
                () = sleep_until(next) => return,
                () = self.wanted.notified() => {
                    if self.forced.swap(false, Ordering::Relaxed) || self.is_due() {
                        return;
                    }
                }
            }
        }
    }
}

/// Parses the address of a key set; in the clear only from this machine, and without a password, which would be shown wherever the
/// address is.
pub(crate) fn address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    let is_local = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("keys are public: their address has no user and no password".to_owned());
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_local => Ok(url),
        _ => Err(
            "keys are fetched over https only: whoever changes them on the way signs tokens"
                .to_owned(),
        ),
    }
}

/// The address of a key set as logs and errors show it: without its query, in which a key of an interface may stand.
pub(crate) fn shown(address: &Url) -> Url {
    let mut shown = address.clone();
    shown.set_query(None);
    shown.set_fragment(None);
    // An address that is refused may have them. Where it can have none, it has none.
    let _ = (shown.set_username(""), shown.set_password(None));
    shown
}

/// Fetches the keys of `issuer` for the first time and goes on fetching them until the last copy of the tokens is gone.
pub(crate) async fn tokens(issuer: Issuer) -> Result<Tokens, StartError> {
    let client = client(&issuer.address)?;
    let (verifier, every) = fetch(&client, &issuer).await.map_err(|reason| {
        StartError::Start(format!(
            "--auth-jwks (ACCORD_AUTH_JWKS): {}: {reason}",
            shown(&issuer.address)
        ))
    })?;
    let source = Arc::new(KeySource::new(issuer.apart));
    let tokens = Tokens::fetched(verifier, Arc::clone(&source));
    let accepted = tokens.downgrade();
    tokio::spawn(keep(client, issuer, source, accepted, every));
    Ok(tokens)
}

async fn keep(
    client: Client,
    issuer: Issuer,
    source: Arc<KeySource>,
    tokens: Weak<Accepted>,
    mut every: Duration,
) {
    // Until when the keys may be used; nothing once they may not.
    let mut until = Some(source.good() + every + issuer.stale);
    loop {
        let next = Instant::now() + every;
        source
            .wait(until.map_or(next, |until| until.min(next)))
            .await;
        let begun = Instant::now();
        let outcome = fetch(&client, &issuer).await;
        let Some(accepted) = tokens.upgrade() else {
            return;
        };
        match outcome {
            Ok((verifier, again)) => {
                accepted.replace(verifier);
                *source.good.lock().unwrap_or_else(PoisonError::into_inner) = begun;
                if until.is_none() {
                    tracing::info!("the keys of access tokens are there again");
                }
                every = again;
                until = Some(begun + again + issuer.stale);
                tracing::debug!(again_after = ?again, "the keys of access tokens were fetched");
            }
            Err(reason) => {
                source.failed.fetch_add(1, Ordering::Relaxed);
                every = EVERY_AT_LEAST;
                let address = shown(&issuer.address);
                let age = source.good().elapsed();
                tracing::warn!(%reason, %address, ?age, "the keys of access tokens cannot be fetched");
                if until.is_some_and(|until| Instant::now() >= until) {
                    until = None;
                    tracing::error!(?age, stale = ?issuer.stale, "the keys of access tokens are too old: no token is accepted until they can be fetched");
                    let clock = issuer.clock.clone();
                    accepted.replace(Verifier::without_keys(
                        &issuer.name,
                        &issuer.audience,
                        clock,
                    ));
                }
            }
        }
        source.fetched.send_replace(begun);
    }
}

fn client(address: &Url) -> Result<Client, StartError> {
    // The client takes the process's provider of cryptography, and ends the process without one.
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Somebody else's is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    let mut client = Client::builder();
    if address.scheme() == "http" {
        // In the clear only within this machine: a proxy of the environment would be somebody on the way.
        client = client.no_proxy();
    }
    client
        .timeout(FETCH_TIMEOUT)
        // Where keys come from is the operator's word, not that of whoever answers.
        .redirect(Policy::none())
        .build()
        .map_err(|error| StartError::Start(format!("cannot fetch keys: {error}")))
}

async fn fetch(client: &Client, issuer: &Issuer) -> Result<(Verifier, Duration), String> {
    let request = client.get(issuer.address.clone()).send();
    let mut response = request
        .await
        .and_then(reqwest::Response::error_for_status)
        .map_err(|error| error.without_url().to_string())?;
    if !response.status().is_success() {
        return Err(format!("it answers {}", response.status()));
    }
    let every =
        max_age(response.headers()).map_or(EVERY, |age| age.clamp(EVERY_AT_LEAST, EVERY_AT_MOST));
    let mut keys = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| error.without_url().to_string())?
    {
        keys.extend_from_slice(&chunk);
        if keys.len() > MAX_BYTES {
            return Err(format!("the key set is longer than {MAX_BYTES} bytes"));
        }
    }
    let keys = String::from_utf8(keys).map_err(|_| "the key set is not UTF-8".to_owned())?;
    let verifier = Verifier::from_jwks(&keys, &issuer.name, &issuer.audience, issuer.clock.clone())
        .map_err(|error| error.to_string())?;
    Ok((verifier, every))
}

/// The `max-age` of RFC 9111 section 5.2.2.1.
fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let directives = headers.get(CACHE_CONTROL)?.to_str().ok()?;
    let seconds = directives
        .split(',')
        .find_map(|directive| directive.trim().strip_prefix("max-age="))?;
    Some(Duration::from_secs(seconds.trim_matches('"').parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_over_https_or_from_this_machine() {
        for good in [
            "https://issuer.example/jwks",
            "http://127.0.0.1:8/jwks",
            "http://[::1]:8/",
        ] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in [
            "http://issuer.example/jwks",
            "http://localhost/jwks",
            "ftp://a/b",
            "jwks",
            "https://user:secret@issuer.example/jwks",
            "https://user@issuer.example/jwks",
        ] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_may_be_secret_of_an_address_is_not_shown() {
        let address = Url::parse("https://me:secret@issuer.example:8/jwks?key=secret#secret");
        let shown = shown(&address.unwrap());
        assert_eq!(shown.as_str(), "https://issuer.example:8/jwks");
    }

    #[test]
    fn the_issuer_says_how_long_keys_may_be_kept() {
        let age = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(CACHE_CONTROL, text.parse().unwrap());
            max_age(&headers).map(|age| age.as_secs())
        };
        assert_eq!(age("public, max-age=300"), Some(300));
        assert_eq!(age("no-store"), None);
        assert_eq!(age("max-age=soon"), None);
    }
}
