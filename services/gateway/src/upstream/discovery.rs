//! The addresses behind the names of an upstream, looked up again and again.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Weak},
    time::Duration,
};

use futures::future::{BoxFuture, join_all};
use tokio::{net::lookup_host, time::sleep};

use super::{address::Origin, pool::Pool};

/// Shortest time between two look-ups, however many connections fail: the resolver is not to suffer with them.
const SHORTEST: Duration = Duration::from_secs(1);

/// Finds the addresses of a host.
pub(super) type Resolver =
    Arc<dyn Fn(String, u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// The system's resolver.
pub(super) fn system() -> Resolver {
    Arc::new(|host, port| {
        Box::pin(async move { Ok(lookup_host((host, port)).await?.collect::<Vec<_>>()) })
    })
}

/// Gives a pool whose upstream is written in numbers its addresses; false if there is a name to look up.
pub(super) fn without_names(pool: &Pool) -> bool {
    let numbers = pool.origins().iter().map(|origin| {
        let ip: IpAddr = origin.host.parse().ok()?;
        Some((Arc::clone(origin), SocketAddr::new(ip, origin.port)))
    });
    let Some(found) = numbers.collect::<Option<Vec<_>>>() else {
        return false;
    };
    pool.update(&found);
    pool.has_looked_up();
    true
}

/// Keeps the addresses of a pool up to date until it is gone.
pub(super) async fn keep(pool: Weak<Pool>, resolver: Resolver) {
    let mut known: Vec<Known> = Vec::new();
    while let Some(pool) = pool.upgrade() {
        let origins = pool.origins();
        known.resize_with(origins.len(), Known::default);
        let asked = origins
            .iter()
            .map(|origin| resolver(origin.host.clone(), origin.port));
        for ((known, origin), found) in known.iter_mut().zip(origins).zip(join_all(asked).await) {
            known.take(origin, found, &pool);
        }
        let found = origins.iter().zip(&known).flat_map(|(origin, known)| {
            let origin = Arc::clone(origin);
            let addresses = known.addresses.iter();
            addresses.map(move |address| (Arc::clone(&origin), *address))
        });
        pool.update(&found.collect::<Vec<_>>());
        pool.has_looked_up();
        let refresh = pool.args.upstream_refresh_seconds.max(SHORTEST);
        let asked_for = Arc::clone(&pool.look_up);
        // Nothing of the pool is held meanwhile, so that it can end.
        drop(pool);
        sleep(SHORTEST).await;
        tokio::select! {
            () = asked_for.notified() => {}
            () = sleep(refresh.saturating_sub(SHORTEST)) => {}
        }
    }
}

/// What is known of a name.
#[derive(Default)]
struct Known {
    addresses: Vec<SocketAddr>,
    /// Whether the last look-up found nothing: that is logged once, not each time.
    has_failed: bool,
}

impl Known {
    /// Takes over what was found; keeps what was known if nothing was.
    fn take(&mut self, origin: &Origin, found: io::Result<Vec<SocketAddr>>, pool: &Pool) {
        let service = pool.measures().service();
        let none = io::Error::other("it has no address");
        match found.and_then(|found| {
            if found.is_empty() {
                Err(none)
            } else {
                Ok(found)
            }
        }) {
            Ok(mut found) => {
                found.sort_unstable();
                found.dedup();
                if self.addresses != found {
                    tracing::info!(service, ?origin, addresses = ?found, "an upstream's addresses");
                }
                self.addresses = found;
                self.has_failed = false;
            }
            Err(error) if self.has_failed => {
                tracing::debug!(service, ?origin, %error, "an upstream's name still cannot be looked up");
            }
            Err(error) => {
                tracing::warn!(service, ?origin, %error, "an upstream's name cannot be looked up");
                self.has_failed = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::upstream::{UpstreamArgs, been::Been, pool::testing};

    /// What a name stands for, to be changed by a test; nothing is a failure.
    type Answers = Arc<Mutex<Vec<u8>>>;

    fn resolver(answers: &Answers) -> Resolver {
        let answers = Arc::clone(answers);
        Arc::new(move |_host, port| {
            let found = answers.lock().expect("answers").clone();
            Box::pin(async move {
                if found.is_empty() {
                    return Err(io::Error::from(io::ErrorKind::TimedOut));
                }
                let address = |last| SocketAddr::from(([127, 0, 0, last], port));
                Ok(found.into_iter().map(address).collect())
            })
        })
    }

    fn pool() -> Arc<Pool> {
        testing::unknown(UpstreamArgs::default())
    }

    fn known(pool: &Pool) -> Vec<u8> {
        let last = |address: SocketAddr| match address.ip() {
            IpAddr::V4(ip) => ip.octets()[3],
            IpAddr::V6(_) => 0,
        };
        pool.endpoints()
            .iter()
            .map(|endpoint| last(endpoint.address))
            .collect()
    }

    #[tokio::test(start_paused = true)]
    async fn addresses_come_and_go_with_the_name_and_a_failed_look_up_changes_nothing() {
        let answers = Answers::default();
        let pool = pool();
        *answers.lock().expect("answers") = vec![2, 1, 1];
        tokio::spawn(keep(Arc::downgrade(&pool), resolver(&answers)));
        let refresh = pool.args.upstream_refresh_seconds + Duration::from_millis(10);
        sleep(Duration::from_millis(10)).await;
        assert_eq!(known(&pool), [1, 2]);
        let second = Arc::clone(&pool.endpoints()[1]);

        *answers.lock().expect("answers") = vec![2, 3];
        sleep(refresh).await;
        assert_eq!(known(&pool), [2, 3]);
        assert!(
            Arc::ptr_eq(&second, &pool.endpoints()[0]),
            "one that stays is the same"
        );

        answers.lock().expect("answers").clear();
        sleep(refresh).await;
        assert_eq!(known(&pool), [2, 3]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_connection_causes_a_look_up_before_it_is_due() {
        let answers = Answers::default();
        let pool = pool();
        *answers.lock().expect("answers") = vec![1];
        tokio::spawn(keep(Arc::downgrade(&pool), resolver(&answers)));
        sleep(Duration::from_millis(10)).await;
        *answers.lock().expect("answers") = vec![4];
        pool.look_up.notify_one();
        sleep(SHORTEST).await;
        assert_eq!(known(&pool), [4]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_at_an_address_that_goes_keeps_it_and_new_calls_do_not_go_there() {
        let pool = pool();
        let origin = &pool.origins()[0];
        let at = |last: u8| (Arc::clone(origin), SocketAddr::from(([127, 0, 0, last], 1)));
        pool.update(&[at(1)]);
        pool.has_looked_up();
        let place = pool.place(&Been::default()).await.expect("a place");
        pool.update(&[at(2)]);
        assert_eq!(place.endpoint.address, at(1).1);
        for _ in 0..10 {
            let place = pool.place(&Been::default()).await.expect("a place");
            assert_eq!(place.endpoint.address, at(2).1);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn looking_up_ends_with_the_pool() {
        let answers = Answers::default();
        let pool = pool();
        let looking = tokio::spawn(keep(Arc::downgrade(&pool), resolver(&answers)));
        sleep(Duration::from_millis(10)).await;
        drop(pool);
        looking.await.expect("ended");
    }
}
