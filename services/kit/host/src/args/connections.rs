//! What a connection may do, and for how long it may do nothing.

use std::time::Duration;

/// The streams of a connection of a client, where it is not set: the figure of Envoy's guide for edge
/// proxies, and the least that RFC 9113 (section 6.5.2) advises.
const EDGE_STREAMS: u32 = 100;

/// Streams beside the calls that are answered at once: health, reflection, and calls that are to be
/// refused, which would otherwise wait without a word.
const STREAMS_BESIDE: u32 = 256;

/// The largest message that services read: tonic's figure, as that of most of gRPC.
const MAX_MESSAGE_BYTES: u32 = 4 << 20;

/// Streams of a connection of a client that are reset a second, and at once, where it is not set: nghttp2's rate.
const RESET_RATE: u32 = 33;
const RESET_BURST: u32 = 1000;

/// How many streams of one connection may be reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Resets {
    /// A second.
    pub(crate) rate: u32,
    /// At once.
    pub(crate) burst: u32,
}

/// Limits on connections. What goes beyond one is closed and counted in `accord_limit_hits_total`.
#[derive(clap::Args, Clone, Debug)]
#[command(next_help_heading = "Limits on connections")]
pub struct ConnectionArgs {
    /// Connections at once; more are closed as they come
    #[arg(long, value_name = "N", default_value_t = 8192)]
    pub max_connections: usize,

    /// Connections of one address at once; 0 for no limit
    #[arg(long, value_name = "N", default_value_t = 1024)]
    pub address_connections: usize,

    /// New connections a second of one address, on average, after as many at once as
    /// --address-connections allows; 0 for no limit
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub address_connection_rate: u32,

    /// Calls at once on one connection [default: 100 where clients connect, which is Envoy's advice for
    /// edge proxies; as many as --max-calls and --max-watches allow in a service behind the gateway]
    #[arg(long, value_name = "N")]
    pub max_streams: Option<u32>,

    /// Bytes of the headers of one request: by default those of an access token of 8 KiB and as much
    /// again
    #[arg(long, value_name = "BYTES", default_value_t = 16 * 1024)]
    pub max_header_bytes: u32,

    /// Seconds for the TLS handshake, and again for the first bytes of HTTP
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = super::seconds())]
    pub handshake_seconds: u64,

    /// Seconds for the headers of a request of HTTP/1, the wait for them on an open connection included
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = super::seconds())]
    pub header_seconds: u64,

    /// Seconds of silence after which an HTTP/2 client is asked for a sign of life
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = super::seconds())]
    pub keepalive_seconds: u64,

    /// Seconds that the sign of life may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = super::seconds())]
    pub keepalive_timeout_seconds: u64,

    /// Seconds in which a client must take some of what is written to it: by default nginx's `send_timeout`
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = super::seconds())]
    pub write_seconds: u64,

    /// Seconds without a call after which an HTTP/2 connection is closed
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = super::seconds())]
    pub idle_seconds: u64,

    /// Seconds after which a connection is asked to go once its calls have ended, so that clients
    /// behind a balancer of connections spread over new replicas
    #[arg(long, value_name = "SECONDS", default_value_t = 1800, value_parser = super::seconds())]
    pub connection_age_seconds: u64,

    /// Bytes of one message of a request to a method of the contracts, over REST of the whole body. By default, and at most, 4 MiB:
    /// what the contracts allow. A larger one is refused with `RESOURCE_EXHAUSTED`, and the connection goes on
    #[arg(long, value_name = "BYTES", default_value_t = MAX_MESSAGE_BYTES, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_MESSAGE_BYTES)))]
    pub max_message_bytes: u32,

    /// Seconds that a message may keep its reader waiting, beside what --body-rate allows: by default
    /// what Apache's `mod_reqtimeout` gives a body
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = super::seconds())]
    pub body_seconds: u64,

    /// Bytes a second at which a message must come after --body-seconds: by default what Apache's
    /// `mod_reqtimeout` asks for
    #[arg(long, value_name = "BYTES", default_value_t = 500)]
    pub body_rate: u32,

    /// Seconds that a stream may be open without a message in either direction while the server waits
    /// for its client: by default the `stream_idle_timeout` of Envoy's guide for edge proxies
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = super::seconds())]
    pub stream_idle_seconds: u64,

    /// HTTP/2 frames of a client that carry no call (PING, SETTINGS, PRIORITY, `WINDOW_UPDATE`, unknown
    /// ones) a second, beside ten for each frame of an answer: by default nghttp2's rate of glitches
    #[arg(long, value_name = "N", default_value_t = 33)]
    pub control_frame_rate: u32,

    /// Such frames at once
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub control_frame_burst: u32,

    /// Streams of a connection that are reset a second, beside one for each that was answered to its end
    /// [default: 33 where clients connect, which is nghttp2's rate; no limit in a service behind the gateway,
    /// whose connections carry what all callers cancel]
    #[arg(long, value_name = "N")]
    pub reset_rate: Option<u32>,

    /// Such resets at once [default: 1000 where clients connect or --reset-rate is set; else no limit]
    #[arg(long, value_name = "N")]
    pub reset_burst: Option<u32>,
}

impl Default for ConnectionArgs {
    /// The defaults of the flags.
    fn default() -> Self {
        Self {
            max_connections: 8192,
            address_connections: 1024,
            address_connection_rate: 200,
            max_streams: None,
            max_header_bytes: 16 * 1024,
            handshake_seconds: 10,
            header_seconds: 30,
            keepalive_seconds: 30,
            keepalive_timeout_seconds: 10,
            write_seconds: 60,
            idle_seconds: 300,
            connection_age_seconds: 1800,
            max_message_bytes: MAX_MESSAGE_BYTES,
            body_seconds: 20,
            body_rate: 500,
            stream_idle_seconds: 300,
            control_frame_rate: 33,
            control_frame_burst: 1000,
            reset_rate: None,
            reset_burst: None,
        }
    }
}

impl ConnectionArgs {
    /// Returns how many streams one connection may have, with clients at its other end or the gateway.
    pub(crate) fn streams(&self, faces_clients: bool, max_calls: usize) -> u32 {
        let otherwise = if faces_clients {
            EDGE_STREAMS
        } else {
            let max_calls = u32::try_from(max_calls).unwrap_or(u32::MAX);
            max_calls.saturating_add(STREAMS_BESIDE)
        };
        self.max_streams.unwrap_or(otherwise)
    }

    /// Returns how many streams of one connection may be reset a second and at once, if that is limited. Each client answers for its
    /// own resets; a connection of the gateway ends with the calls of everybody, whoever cancels.
    pub(crate) fn resets(&self, faces_clients: bool) -> Option<Resets> {
        let is_limited = faces_clients || self.reset_rate.is_some() || self.reset_burst.is_some();
        is_limited.then(|| Resets {
            rate: self.reset_rate.unwrap_or(RESET_RATE),
            burst: self.reset_burst.unwrap_or(RESET_BURST),
        })
    }

    /// Returns how long the TLS handshake, and then the beginning of HTTP, may take.
    pub(crate) fn handshake(&self) -> Duration {
        Duration::from_secs(self.handshake_seconds)
    }

    /// Returns how long a connection without a call lives.
    pub(crate) fn idle(&self) -> Duration {
        Duration::from_secs(self.idle_seconds)
    }

    /// Returns how old a connection becomes.
    pub(crate) fn age(&self) -> Duration {
        Duration::from_secs(self.connection_age_seconds)
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, FromArgMatches as _};

    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_flags() {
        let command = ConnectionArgs::augment_args(clap::Command::new("test"));
        let parsed = ConnectionArgs::from_arg_matches(&command.get_matches_from(["test"])).unwrap();
        assert_eq!(
            format!("{parsed:?}"),
            format!("{:?}", ConnectionArgs::default())
        );
    }

    #[test]
    fn a_service_behind_the_gateway_takes_all_of_its_calls_on_one_connection() {
        let args = ConnectionArgs::default();
        assert_eq!(args.streams(true, 1024), 100);
        assert_eq!(args.streams(false, 1024), 1280);
        let args = ConnectionArgs {
            max_streams: Some(7),
            ..args
        };
        assert_eq!(args.streams(false, 1024), 7);
    }

    #[test]
    fn resets_are_limited_where_clients_connect_or_a_limit_is_set() {
        let limit = |rate, burst| Some(Resets { rate, burst });
        let args = ConnectionArgs::default();
        assert_eq!(args.resets(true), limit(33, 1000));
        assert_eq!(args.resets(false), None);
        let args = ConnectionArgs {
            reset_rate: Some(7),
            ..args
        };
        assert_eq!(args.resets(true), limit(7, 1000));
        assert_eq!(args.resets(false), limit(7, 1000));
    }
}
