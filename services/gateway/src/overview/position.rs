//! Where the logs of the services stand: as long as none has grown, an answer made since is the answer still.

use accord_proto::ledger::v1::{
    Entry, ListEntriesRequest, ledger_service_client::LedgerServiceClient,
};
use tonic::Status;

use super::asking::{Asking, MAX_ANSWER_BYTES};
use crate::{service::Service, upstream::Channel};

/// The newest entry of one log; nothing where there is none yet.
///
/// Its time and resource stand beside its number, so that a log which was restored from a copy and has grown again is another one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Position {
    sequence: i64,
    record_us: Option<(i64, i32)>,
    resource: String,
}

/// The positions of all logs, in the order of [`Service::ALL`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Positions([Position; Service::ALL.len()]);

impl Positions {
    /// Positions that no log may have had, for tests.
    #[cfg(test)]
    pub(super) fn at(sequence: i64) -> Self {
        let at = Position {
            sequence,
            ..Position::default()
        };
        Self([(); Service::ALL.len()].map(|()| at.clone()))
    }

    /// Asks every service for its own, all at once; nothing if one of them does not say, which is found out by asking it for its part.
    pub(super) async fn ask(asking: &Asking<'_>) -> Option<Self> {
        let asking = &asking.shortly();
        let of = |service: Service| {
            asking.part(service, move |channel| ask_one(channel, service, asking))
        };
        let (documents, trade, roadmaps) = tokio::try_join!(
            of(Service::Documents),
            of(Service::Trade),
            of(Service::Roadmaps),
        )
        .ok()?;
        Some(Self([documents, trade, roadmaps]))
    }
}

async fn ask_one(
    channel: Channel,
    service: Service,
    asking: &Asking<'_>,
) -> Result<Position, Status> {
    let request = asking.request(ListEntriesRequest {
        parent: format!("logs/{service}"),
        page_size: 1,
        order_by: "sequence desc".to_owned(),
        ..ListEntriesRequest::default()
    });
    let mut client = LedgerServiceClient::new(channel).max_decoding_message_size(MAX_ANSWER_BYTES);
    let entries = client.list_entries(request).await?.into_inner().entries;
    Ok(entries.into_iter().next().map(position).unwrap_or_default())
}

fn position(entry: Entry) -> Position {
    Position {
        sequence: entry.sequence,
        record_us: entry.record_time.map(|time| (time.seconds, time.nanos)),
        resource: entry.resource,
    }
}
