//! Both engines have the same tables.

#[tokio::test]
async fn both_dialects_make_the_same_tables() {
    storage::testing::same_schema(roadmaps::SCHEMA, roadmaps::MIGRATIONS).await;
}
