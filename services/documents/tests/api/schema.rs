//! The migrations of both engines.

#[tokio::test]
async fn both_dialects_make_the_same_schema() {
    storage::testing::same_schema(documents::SCHEMA, documents::MIGRATIONS).await;
}
