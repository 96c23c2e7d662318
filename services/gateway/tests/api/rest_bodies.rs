//! Bodies of REST that cannot be read, or say another thing than the path.

use http::{Method, StatusCode};
use serde_json::json;

use crate::{asked::ask, world::World};

const DOCUMENTS: &str = "/documents/v1/partnerships/uz-kz/documents";

#[tokio::test]
async fn every_field_that_cannot_be_read_is_told_by_its_path() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        let twice = json!({ "signaturePlace": "Tashkent", "signature_place": "Astana" });
        let twice = ask(&gateway, Method::POST, DOCUMENTS)
            .json(&twice)
            .answer()
            .await;
        let violation = &twice.json()["error"]["details"][1]["fieldViolations"][0]["field"];
        assert_eq!(*violation, "document.signature_place", "{}", twice.text());
        let nested = ask(&gateway, Method::POST, DOCUMENTS)
            .json(&json!({ "titles": [{ "text": 5 }] }))
            .answer()
            .await;
        let violation = &nested.json()["error"]["details"][1]["fieldViolations"][0]["field"];
        assert_eq!(*violation, "document.titles[0].text");
        let several = ask(&gateway, Method::POST, &format!("{DOCUMENTS}?colour=red"))
            .json(&json!({ "titles": 5, "tone": 1, "signatureDate": { "day": 1e30 } }))
            .answer()
            .await;
        assert_eq!(several.status, StatusCode::BAD_REQUEST);
        let violations = &several.json()["error"]["details"][1]["fieldViolations"];
        let fields: Vec<&str> = violations
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["field"].as_str().expect("a path"))
            .collect();
        assert_eq!(fields.len(), 4, "{fields:?}");
        for field in [
            "colour",
            "document.titles",
            "document.tone",
            "document.signatureDate.day",
        ] {
            assert!(fields.contains(&field), "{field} in {fields:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_body_is_an_object_and_names_what_the_path_names() {
    World::each_engine(async |world| {
        let gateway = world.with_facts().await;
        for body in ["[1]", "null", "\"x\""] {
            let refused = ask(&gateway, Method::PATCH, &format!("{DOCUMENTS}/customs"))
                .body(body)
                .header("content-type", "application/json")
                .answer()
                .await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST);
            assert!(
                refused.text().contains("must be a JSON object"),
                "{}",
                refused.text()
            );
        }
        let customs = "partnerships/uz-kz/documents/customs";
        for (name, status) in [("partnerships/uz-kz/documents/rails", 400), (customs, 200)] {
            let path = format!("{DOCUMENTS}/customs?update_mask=signature_place");
            let changed = ask(&gateway, Method::PATCH, &path)
                .json(&json!({ "name": name, "signaturePlace": "Termez" }))
                .answer()
                .await;
            assert_eq!(changed.status.as_u16(), status, "{}", changed.text());
        }
    })
    .await;
}
