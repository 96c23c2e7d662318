//! The originals of both parties, compared.

use accord_proto::documents::v1::{
    GetTextRequest, OriginalsComparison, WithdrawTextVersionRequest,
};

use super::{RU, announce};
use crate::register::{Caller, Register, on_each_engine};

async fn original(
    register: &Register,
    caller: &Caller,
    party: &str,
    id: &str,
    content: &str,
) -> String {
    let mut request = announce(id, content.as_bytes());
    let upload = request.upload.as_mut().unwrap();
    upload.party = party.to_owned();
    upload.media_type = "text/plain".to_owned();
    let version = caller.give(request, content.as_bytes()).await;
    for _ in 0..100 {
        register.upkeep.extract().await;
        if caller
            .version(&version.name)
            .await
            .unwrap()
            .extraction_state
            != 1
        {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    version.name
}

async fn comparison(register: &Register) -> (OriginalsComparison, Vec<String>) {
    let request = GetTextRequest {
        name: RU.to_owned(),
    };
    let text = register
        .reader
        .texts
        .clone()
        .get_text(request)
        .await
        .unwrap()
        .into_inner();
    let versions = text.originals.iter().map(|original| {
        format!(
            "{} {}",
            original.party,
            original.version.rsplit('/').next().unwrap()
        )
    });
    (text.originals_comparison(), versions.collect())
}

#[tokio::test]
async fn the_newest_original_of_each_party_counts() {
    on_each_engine(async |register| {
        register.with_text().await;
        let (uz, kz) = (&register.uz, &register.kz);
        original(&register, uz, "", "copy", "Article 1. The parties trade.").await;
        assert_eq!(
            comparison(&register).await,
            (OriginalsComparison::Incomplete, vec![])
        );
        original(
            &register,
            uz,
            "UZ",
            "uz-one",
            "Article 1. The parties trade.",
        )
        .await;
        let (found, versions) = comparison(&register).await;
        assert_eq!(
            (found, versions),
            (OriginalsComparison::Incomplete, vec!["UZ v2".to_owned()])
        );
        original(
            &register,
            kz,
            "KZ",
            "kz-one",
            "Article 1. The parties trade.",
        )
        .await;
        let (found, versions) = comparison(&register).await;
        assert_eq!(found, OriginalsComparison::Identical);
        assert_eq!(versions, ["KZ v3", "UZ v2"]);
        let layout = original(
            &register,
            kz,
            "KZ",
            "kz-two",
            "Article 1.\n\n  The parties\ttrade.\n",
        )
        .await;
        assert_eq!(
            comparison(&register).await.0,
            OriginalsComparison::SameWords
        );
        let words = original(
            &register,
            kz,
            "KZ",
            "kz-three",
            "Article 1. The parties may trade.",
        )
        .await;
        assert_eq!(
            comparison(&register).await.0,
            OriginalsComparison::Different
        );
        let mut scan = announce("kz-scan", b"scan");
        scan.upload.as_mut().unwrap().party = "KZ".to_owned();
        let scan = kz.give(scan, b"scan").await.name;
        assert_eq!(
            comparison(&register).await.0,
            OriginalsComparison::NotComparable
        );
        for (withdrawn, expected) in [
            (scan, OriginalsComparison::Different),
            (words, OriginalsComparison::SameWords),
            (layout, OriginalsComparison::Identical),
        ] {
            let request = WithdrawTextVersionRequest {
                name: withdrawn,
                reason: "x".to_owned(),
                ..WithdrawTextVersionRequest::default()
            };
            kz.texts
                .clone()
                .withdraw_text_version(request)
                .await
                .unwrap();
            assert_eq!(comparison(&register).await.0, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn what_differs_after_the_words_that_are_taken_is_not_called_the_same() {
    on_each_engine(async |register| {
        register.with_text().await;
        let beginning = "The parties trade. ".repeat(500_000 / 19 + 1);
        for (caller, party, end) in [
            (&register.uz, "UZ", "Customs are 5 per cent."),
            (&register.kz, "KZ", "Customs are 7 per cent."),
        ] {
            let content = format!("{beginning}{end}");
            let version = original(&register, caller, party, &party.to_lowercase(), &content).await;
            let version = caller.version(&version).await.unwrap();
            assert_eq!(version.extracted_character_count, 500_000);
            assert!(version.partly_extracted);
        }
        assert_eq!(
            comparison(&register).await.0,
            OriginalsComparison::NotComparable
        );
    })
    .await;
}
