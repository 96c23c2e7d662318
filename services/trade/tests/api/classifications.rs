//! Classifications: what imports take and report, what is found, and how amounts are converted.

mod converted;
mod found;
mod stored;

use accord_proto::trade::v1::{
    Classification, ClassificationImport, ClassificationItem, GetClassificationItemRequest,
    GetClassificationRequest, HsEdition, ImportClassificationRequest, ListClassificationsRequest,
    classification_finding::Kind, classification_item::Level,
};
use tonic::{Code, Response, Status};

use crate::{
    bureau::{Bureau, Caller, on_each_engine},
    errors::{assert_fault, assert_violations},
};

/// A part of the nomenclature of 2022; the code of the second row has lost its leading zero.
const NOMENCLATURE: &str = "\
section,hscode,description,parent,level
I,01,Animals; live,TOTAL,2
I,101,\"Horses, asses, mules and hinnies; live\",01,4
I,010121,\"Horses; live, pure-bred breeding animals\",0101,6
I,010129,\"Horses; live, other than pure-bred breeding animals\",0101,6
V,27,\"Mineral fuels, mineral oils and products of their distillation\",TOTAL,2
V,2709,Petroleum oils and oils obtained from bituminous minerals; crude,27,4
V,270900,Oils; petroleum oils and oils obtained from bituminous minerals; crude,2709,6
TOTAL,TOTAL,Total of all HS2022 commodities,TOTAL,5
";

/// Some pairs, with lost zeros, a repeated row and one of another classification.
const CONCORDANCE: &str = "\
code.after,code.before,Relationship,adjustment
10121,10110,n:1,2022 to 2017
10129,10110,n:1,2022 to 2017
270900,270900,1:1,2022 to 2017
270900,270900,1:1,2022 to 2017
10110,10111,1:n,2017 to 2012
10110,10119,1:n,2017 to 2012
270900,270900,1:1,2017 to 2012
1111,1111,1:1,1988 to 1976
";

fn import(file: &str, edition: HsEdition) -> ImportClassificationRequest {
    ImportClassificationRequest {
        file: file.as_bytes().to_vec(),
        hs_edition: edition as i32,
        source: "https://example.org/tables".to_owned(),
        ..ImportClassificationRequest::default()
    }
}

async fn send(
    caller: &Caller,
    request: ImportClassificationRequest,
) -> Result<ClassificationImport, Status> {
    let mut client = caller.classifications.clone();
    let answer = client.import_classification(request);
    answer.await.map(Response::into_inner)
}

async fn imported(bureau: &Bureau) {
    for (file, edition) in [
        (NOMENCLATURE, HsEdition::H6),
        (CONCORDANCE, HsEdition::Unspecified),
    ] {
        send(&bureau.operator, import(file, edition)).await.unwrap();
    }
}

async fn item(caller: &Caller, name: &str) -> Result<ClassificationItem, Status> {
    let name = name.to_owned();
    let request = GetClassificationItemRequest { name };
    let mut client = caller.classifications.clone();
    let answer = client.get_classification_item(request);
    answer.await.map(Response::into_inner)
}

async fn editions(caller: &Caller) -> Vec<Classification> {
    let request = ListClassificationsRequest::default();
    let mut client = caller.classifications.clone();
    let answer = client.list_classifications(request);
    answer.await.unwrap().into_inner().classifications
}

#[tokio::test]
async fn imports_repair_and_report_and_are_an_operators() {
    on_each_engine(async |bureau| {
        for caller in [&bureau.uz, &bureau.reader] {
            let result = send(caller, import(NOMENCLATURE, HsEdition::H6)).await;
            assert_fault(result, Code::PermissionDenied, "ROLE_REQUIRED");
        }
        let nomenclature = import(NOMENCLATURE, HsEdition::H6);
        let tried = ImportClassificationRequest {
            validate_only: true,
            ..nomenclature.clone()
        };
        let tried = send(&bureau.operator, tried).await.unwrap();
        assert!(
            editions(&bureau.reader)
                .await
                .iter()
                .all(|edition| edition.subheading_count == 0)
        );
        let report = send(&bureau.operator, nomenclature).await.unwrap();
        assert_eq!(report, tried);
        assert_eq!((report.row_count, report.taken_count), (8, 7));
        assert_eq!(
            (
                report.repaired_count,
                report.left_out_count,
                report.doubtful_count
            ),
            (1, 1, 0)
        );
        let found: Vec<(i32, Kind)> = report
            .findings
            .iter()
            .map(|found| (found.line, found.kind()))
            .collect();
        assert_eq!(found, [(3, Kind::LeadingZeroLost), (9, Kind::Total)]);

        let report = send(
            &bureau.operator,
            import(CONCORDANCE, HsEdition::Unspecified),
        )
        .await
        .unwrap();
        assert_eq!(
            report.editions,
            [HsEdition::H4, HsEdition::H5, HsEdition::H6].map(|edition| edition as i32)
        );
        assert_eq!(
            (report.row_count, report.taken_count, report.repaired_count),
            (8, 6, 4)
        );
        let counts: Vec<(Kind, i32)> = report
            .finding_counts
            .iter()
            .map(|count| (count.kind(), count.count))
            .collect();
        assert_eq!(
            counts,
            [
                (Kind::LeadingZeroLost, 4),
                (Kind::Duplicate, 1),
                (Kind::OtherClassification, 1),
            ]
        );
        let shown = editions(&bureau.reader).await;
        let subheadings: Vec<i32> = shown
            .iter()
            .map(|edition| edition.subheading_count)
            .collect();
        assert_eq!(subheadings, [0, 0, 0, 0, 3, 2, 3]);
        assert!(shown[6].has_nomenclature && !shown[5].has_nomenclature);
        assert_eq!(
            shown[5].concordances,
            [HsEdition::H4 as i32, HsEdition::H6 as i32]
        );
        assert_eq!(
            (shown[0].display_name.as_str(), shown[0].start_year),
            ("Harmonized System 1988/1992", 1992)
        );

        // Again, and nothing has doubled.
        imported(&bureau).await;
        assert_eq!(editions(&bureau.reader).await, shown);
    })
    .await;
}

#[tokio::test]
async fn bad_files_are_refused_and_change_nothing() {
    on_each_engine(async |bureau| {
        imported(&bureau).await;
        let before = editions(&bureau.reader).await;
        for (file, edition, field, reason) in [
            (
                "a,b\n1,2\n",
                HsEdition::H6,
                "file",
                "CLASSIFICATION_FILE_INVALID",
            ),
            (
                "section,hscode,description,parent,level\nI,x,,,\n",
                HsEdition::H6,
                "file",
                "CLASSIFICATION_FILE_INVALID",
            ),
            ("", HsEdition::H6, "file", "FIELD_REQUIRED"),
            (
                NOMENCLATURE,
                HsEdition::Unspecified,
                "hs_edition",
                "FIELD_REQUIRED",
            ),
            (CONCORDANCE, HsEdition::H6, "hs_edition", "FIELD_INVALID"),
        ] {
            let result = send(&bureau.operator, import(file, edition)).await;
            assert_violations(result, &[(field, reason)]);
        }
        let large = "x".repeat(3_500_001);
        let result = send(&bureau.operator, import(&large, HsEdition::H6)).await;
        assert_violations(result, &[("file", "FIELD_INVALID")]);
        assert_eq!(editions(&bureau.reader).await, before);
    })
    .await;
}

#[tokio::test]
async fn entries_have_names_and_places_in_every_edition() {
    on_each_engine(async |bureau| {
        imported(&bureau).await;
        let horses = item(&bureau.reader, "classifications/h6/items/010121")
            .await
            .unwrap();
        assert_eq!(
            (horses.code.as_str(), horses.level()),
            ("010121", Level::Subheading)
        );
        assert_eq!(
            horses.display_name,
            "Horses; live, pure-bred breeding animals"
        );
        assert_eq!(horses.parent_item, "classifications/h6/items/0101");
        let section = item(&bureau.reader, "classifications/h6/items/v")
            .await
            .unwrap();
        assert_eq!(
            (section.code.as_str(), section.display_name.as_str()),
            ("V", "Mineral products")
        );
        assert_eq!(
            (section.level(), section.parent_item.as_str()),
            (Level::Section, "")
        );
        let oil = item(&bureau.reader, "classifications/h4/items/270900")
            .await
            .unwrap();
        assert!(oil.display_name.starts_with("Oils; petroleum"));
        assert_eq!(oil.name_edition(), HsEdition::H6);
        let split = item(&bureau.reader, "classifications/h5/items/010110")
            .await
            .unwrap();
        assert_eq!(
            (split.display_name.as_str(), split.name_edition()),
            ("", HsEdition::Unspecified)
        );

        let result = item(&bureau.reader, "classifications/h6/items/999999").await;
        assert_fault(result, Code::NotFound, "RESOURCE_NOT_FOUND");
        for bad in [
            "classifications/h7/items/01",
            "classifications/h6/items/1",
            "classifications/h6/items/xxii",
            "classifications/h6",
        ] {
            assert_violations(item(&bureau.reader, bad).await, &[("name", "NAME_INVALID")]);
        }
        let name = "classifications/h7".to_owned();
        let result = bureau
            .reader
            .classifications
            .clone()
            .get_classification(GetClassificationRequest { name })
            .await;
        assert_violations(result, &[("name", "NAME_INVALID")]);
    })
    .await;
}
