//! The limits, by the names under which they are counted.

/// A limit that somebody can go beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Connections at once.
    Connections,
    /// Connections of one address at once.
    AddressConnections,
    /// New connections a second of one address.
    AddressConnectionRate,
    /// The time for a TLS handshake.
    TlsHandshake,
    /// The time for the first bytes of HTTP.
    FirstBytes,
    /// The time for the headers of a request of HTTP/1.
    Headers,
    /// The time for a sign of life.
    Keepalive,
    /// The time for the client to take what is written.
    Write,
    /// The time without a call.
    Idle,
    /// Frames that carry no call.
    ControlFrames,
    /// Streams that are reset.
    Resets,
    /// What the HTTP/2 library bounds itself.
    Http2,
    /// The size of a message.
    Message,
    /// The time for a message, or for a stream without one.
    Body,
    /// Requests a second of one address.
    AddressRate,
    /// Requests of one address at once.
    AddressCalls,
    /// Calls a second of one agency.
    AgencyRate,
    /// Calls of one agency at once.
    AgencyCalls,
    /// Calls at once.
    Calls,
    /// Watches of one agency at once.
    AgencyWatches,
    /// Watches at once.
    Watches,
}

impl Limit {
    /// Returns its name, the label `limit` of `accord_limit_hits_total`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::AddressConnections => "address_connections",
            Self::AddressConnectionRate => "address_connection_rate",
            Self::TlsHandshake => "tls_handshake",
            Self::FirstBytes => "first_bytes",
            Self::Headers => "headers",
            Self::Keepalive => "keepalive",
            Self::Write => "write",
            Self::Idle => "idle",
            Self::ControlFrames => "control_frames",
            Self::Resets => "resets",
            Self::Http2 => "http2",
            Self::Message => "message",
            Self::Body => "body",
            Self::AddressRate => "address_rate",
            Self::AddressCalls => "address_calls",
            Self::AgencyRate => "agency_rate",
            Self::AgencyCalls => "agency_calls",
            Self::Calls => "calls",
            Self::AgencyWatches => "agency_watches",
            Self::Watches => "watches",
        }
    }
}
