//! Every mutation leaves its entries in the log.

use accord_proto::{
    ledger::v1::{ChangeKind, ListEntriesRequest},
    trade::v1::{Release, release::State},
};
use prost::Message as _;

use crate::bureau::{on_each_engine, release};

#[tokio::test]
async fn the_log_tells_the_life_of_a_release() {
    on_each_engine(async |bureau| {
        let csv = "flow,period,value_usd\nX,2022,1\n";
        let published = bureau
            .publish("one", release("UZ", "2024-01-01"), csv)
            .await;
        bureau
            .uz
            .withdraw(&published.name, "2024-02-01")
            .await
            .unwrap();
        let request = ListEntriesRequest {
            parent: "logs/trade".to_owned(),
            ..ListEntriesRequest::default()
        };
        let answer = bureau
            .reader
            .ledger
            .clone()
            .list_entries(request)
            .await
            .unwrap();
        let entries = answer.into_inner().entries;
        let import = format!("{}/imports/all", published.name);
        let found: Vec<_> = entries
            .iter()
            .map(|entry| (entry.resource.as_str(), entry.kind()))
            .collect();
        let name = published.name.as_str();
        assert_eq!(
            found,
            [
                (name, ChangeKind::Created),
                (import.as_str(), ChangeKind::Created),
                (import.as_str(), ChangeKind::StateChanged),
                (name, ChangeKind::Updated),
                (name, ChangeKind::StateChanged),
                (name, ChangeKind::StateChanged),
            ]
        );
        let states: Vec<_> = entries
            .iter()
            .filter(|entry| entry.resource == name)
            .map(|entry| {
                let state = entry.state.as_ref().unwrap();
                Release::decode(state.value.as_slice()).unwrap().state()
            })
            .collect();
        assert_eq!(
            states,
            [
                State::Staging,
                State::Staging,
                State::Published,
                State::Withdrawn
            ]
        );
        let actor = entries[0].actor.as_ref().unwrap();
        assert_eq!(
            (actor.agency.as_str(), actor.party.as_str()),
            ("uz-stat", "UZ")
        );
    })
    .await;
}
