//! The store on a folder of this machine.

use futures::TryStreamExt as _;

use super::*;

fn store() -> (tempfile::TempDir, TextStore) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("file://{}", folder.path().join("texts").display());
    let store = TextStore::open(&url).unwrap().within("home");
    (folder, store)
}

#[tokio::test]
async fn what_is_put_is_read_listed_and_removed() {
    let (folder, store) = store();
    let pieces = vec![Bytes::from_static(b"abc"), Bytes::from_static(b"def")];
    store.put("uploads/u/0-x", pieces).await.unwrap();
    assert_eq!(store.read("uploads/u/0-x", 2..5, 6).await.unwrap(), "cde");
    let listed: Vec<_> = store.list().try_collect().await.unwrap();
    let keys: Vec<_> = listed.iter().map(|listed| listed.key.as_str()).collect();
    assert_eq!(keys, ["uploads/u/0-x"]);
    let other = TextStore::open(&format!("file://{}", folder.path().join("texts").display()));
    let other: Vec<_> = other
        .unwrap()
        .within("other")
        .list()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(other, []);
    store.remove("uploads/u/0-x").await.unwrap();
    store.remove("uploads/u/0-x").await.unwrap();
    assert_eq!(
        store.read("uploads/u/0-x", 0..1, 6).await,
        Err(Trouble::Missing)
    );
}

#[tokio::test]
async fn a_file_that_was_cut_short_is_corrupt() {
    let (folder, store) = store();
    store
        .put("a", vec![Bytes::from_static(b"abcdef")])
        .await
        .unwrap();
    std::fs::write(folder.path().join("texts/home/a"), "ab").unwrap();
    assert_eq!(store.read("a", 0..6, 6).await, Err(Trouble::Corrupt));
    assert_eq!(store.read("a", 4..6, 6).await, Err(Trouble::Corrupt));
}

#[tokio::test]
async fn a_large_object_appears_when_it_is_finished() {
    let (_folder, store) = store();
    let piece = Bytes::from(vec![7; PIECE_BYTES / 2 + 1]);
    let mut incoming = store.begin("big").await.unwrap();
    for _ in 0..4 {
        incoming.push(piece.clone()).await.unwrap();
    }
    assert_eq!(store.size("big").await, Err(Trouble::Missing));
    incoming.finish().await.unwrap();
    assert_eq!(store.size("big").await, Ok(4 * piece.len() as u64));
    let mut given_up = store.begin("other").await.unwrap();
    given_up.push(piece).await.unwrap();
    given_up.abort().await;
    assert_eq!(store.size("other").await, Err(Trouble::Missing));
}

#[tokio::test]
async fn what_a_crash_left_unfinished_is_removed() {
    let (folder, store) = store();
    store
        .put("a/b", vec![Bytes::from_static(b"x")])
        .await
        .unwrap();
    let staged = folder.path().join("texts/home/a/c#1");
    std::fs::write(&staged, "half").unwrap();
    assert_eq!(
        store.remove_unfinished(Duration::from_hours(1)).await,
        Ok(0)
    );
    assert!(staged.exists());
    assert_eq!(store.remove_unfinished(Duration::ZERO).await, Ok(1));
    assert!(!staged.exists());
    assert_eq!(store.size("a/b").await, Ok(1));
}

#[cfg(unix)]
#[tokio::test]
async fn the_folder_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let (folder, _store) = store();
    let about = std::fs::metadata(folder.path().join("texts")).unwrap();
    assert_eq!(about.permissions().mode() & 0o777, 0o700);
}

#[test]
fn urls_that_name_no_store_are_refused_and_keys_not_repeated() {
    for url in [
        "",
        "texts",
        "ftp://host/x",
        "file://host/x",
        "s3://",
        "s3://key:secret@bucket/x",
        "s3://bucket?region=x",
    ] {
        let error = TextStore::open(url).expect_err(url);
        assert_eq!(error.exit_code(), 2, "{url}: {error}");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
