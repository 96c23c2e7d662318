//! A database that an older version filled.

use accord_proto::documents::v1::{
    ListDocumentsRequest, ListPendingProceduresRequest, ListSectorsRequest,
};
use clock::Clock;
use host::Deps;
use storage::{Database, Error, Migrations, args};

use super::events::{between, events};
use crate::{register::Register, sample::PARTNERSHIP};

/// The tables as the first version had them.
static FIRST: Migrations = documents::TABLES.up_to(1);

/// A content as the first version wrote it.
fn content(rule: &str) -> String {
    format!(
        r#"{{"titles":[{{"language":"en","text":"Agreement"}}],"title_known":true,"item_number":null,"kind":"agreement",
        "level":"interstate","sectors":["customs"],"parties":["UZ","KZ"],"signing_bodies":[],"signature_place":"",
        "signature_date":"2021-12-06","access_level":"official","relations":[],"sources":[],
        "entry_into_force":{{"rule":{rule},"stated_date":null,"stated_date_source":null,"clause":""}},
        "duration":{{"renewable":{{"initial_months":60,"renewal_months":60,"notice_months":6}}}},"effective_period":null}}"#
    )
}

/// Fills the tables of the first version: every third document enters into force on signature, the next one
/// with it, the last awaits notifications.
async fn fill(database: &Database, documents: i64) {
    let filled: Result<(), Error> = database
        .write(move |tx| {
            Box::pin(async move {
                tx.execute(
                    "INSERT INTO partnerships VALUES ('p', 'uz-kz', 1, \
                     '{\"display_names\":[{\"language\":\"en\",\"text\":\"UZ-KZ\"}],\"parties\":[\"UZ\",\"KZ\"],\
                     \"founding_document\":null,\"declared_document_count\":null,\"declared_document_count_source\":null}', \
                     '', NULL, 0, 0, 0, 0)",
                    vec![],
                )
                .await?;
                for index in 0..documents {
                    let uid = format!("u{index:04}");
                    let rule = match index % 3 {
                        0 => "\"on_signature\"".to_owned(),
                        1 => format!(
                            "{{\"with_document\":\"partnerships/uz-kz/documents/d{:04}\"}}",
                            index - 1
                        ),
                        _ => "{\"after_last_notification\":null}".to_owned(),
                    };
                    tx.execute(
                        "INSERT INTO documents VALUES ($1, 'uz-kz', $2, 1, $3, 'Agreement', TRUE, 0, 3, 1, 2, '', 18967, 0, 0, NULL)",
                        args![uid.as_str(), format!("d{index:04}"), content(&rule)],
                    )
                    .await?;
                    for party in ["UZ", "KZ"] {
                        tx.execute(
                            "INSERT INTO document_parties VALUES ($1, $2)",
                            args![uid.as_str(), party],
                        )
                        .await?;
                    }
                    tx.execute(
                        "INSERT INTO document_sectors VALUES ($1, 'customs')",
                        args![uid.as_str()],
                    )
                    .await?;
                }
                Ok(())
            })
        })
        .await;
    filled.unwrap();
}

#[tokio::test]
async fn lists_are_complete_once_it_is_brought_up_to_date() {
    const DOCUMENTS: i64 = 603;
    for old in storage::testing::databases(documents::SCHEMA, &[&ledger::MIGRATIONS, &FIRST]).await
    {
        eprintln!("on {:?}", old.engine());
        fill(&old.database, DOCUMENTS).await;
        let database = old.reopen_with(documents::MIGRATIONS).await.unwrap();
        let clock = Clock::fixed("2024-06-01T12:00:00Z".parse().unwrap());
        documents::bring_up_to_date(&database, &Deps::new(clock))
            .await
            .unwrap();
        let register = Register::new(database.clone());
        let found = events(&register.operator, between("2021-01-01", "2022-01-01")).await;
        assert_eq!(found.len(), 402, "entry into force of two in three");
        let mut documents = register.operator.clone().documents;
        let request = ListPendingProceduresRequest {
            parent: PARTNERSHIP.to_owned(),
            page_size: 1000,
            ..ListPendingProceduresRequest::default()
        };
        let pending = documents.list_pending_procedures(request).await.unwrap();
        assert_eq!(pending.into_inner().pending_procedures.len(), 402);
        let request = ListDocumentsRequest {
            parent: PARTNERSHIP.to_owned(),
            page_size: 1000,
            filter: "titles:\"greement\"".to_owned(),
            ..ListDocumentsRequest::default()
        };
        let listed = documents.list_documents(request).await.unwrap();
        assert_eq!(listed.into_inner().documents.len(), 603);
        for (caller, count) in [(&register.reader, Some(603)), (&register.kg, None)] {
            let request = ListSectorsRequest {
                parent: PARTNERSHIP.to_owned(),
                ..ListSectorsRequest::default()
            };
            let sectors = caller
                .clone()
                .documents
                .list_sectors(request)
                .await
                .unwrap();
            let sectors = sectors.into_inner().sectors;
            assert_eq!(sectors.first().map(|sector| sector.document_count), count);
        }
        database.close().await;
        old.remove().await;
    }
}
