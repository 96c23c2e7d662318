//! Ranges.

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};
use tonic::Code;

use super::{announce, file};
use crate::{
    errors::{assert_fault, assert_violations},
    register::on_each_engine,
};

#[tokio::test]
async fn any_range_is_the_slice() {
    on_each_engine(async |register| {
        register.with_text().await;
        let size: usize = 2 * 1024 * 1024 + 5;
        let bytes = file(size);
        let version = register.uz.give(announce("one", &bytes), &bytes).await;
        let mut runner = TestRunner::deterministic();
        let near = proptest::sample::select(vec![
            0,
            1,
            1_048_575,
            1_048_576,
            1_048_577,
            2_097_152,
            size - 1,
            size,
        ]);
        let point = proptest::prop_oneof![near, 0..=size];
        for _ in 0..40 {
            let at = point.new_tree(&mut runner).unwrap().current();
            let limit = (0..size + 10).new_tree(&mut runner).unwrap().current();
            let (header, read) = register
                .reader
                .download(&version.name, at as i64, limit as i64)
                .await
                .unwrap();
            let end = if limit == 0 {
                size
            } else {
                (at + limit).min(size)
            };
            assert_eq!(read, bytes[at..end], "{at} {limit}");
            assert_eq!(
                (header.read_offset, header.read_size),
                (at as i64, (end - at) as i64)
            );
            assert_eq!(header.size_bytes, size as i64);
        }
    })
    .await;
}

#[tokio::test]
async fn ranges_outside_the_file_are_refused() {
    on_each_engine(async |register| {
        register.with_text().await;
        let version = register.uz.give(announce("one", b"abc"), b"abc").await;
        let name = version.name.as_str();
        assert_eq!(register.uz.download(name, 3, 0).await.unwrap().1, b"");
        assert_eq!(
            register.uz.download(name, 1, i64::MAX).await.unwrap().1,
            b"bc"
        );
        assert_fault(
            register.uz.download(name, 4, 0).await,
            Code::OutOfRange,
            "READ_OFFSET_INVALID",
        );
        assert_violations(
            register.uz.download("x", -1, -1).await,
            &[
                ("name", "NAME_INVALID"),
                ("read_offset", "FIELD_INVALID"),
                ("read_limit", "FIELD_INVALID"),
            ],
        );
        for wrong in ["v2", "v0", "v01", "one"] {
            let name = name.replace("v1", wrong);
            assert_fault(
                register.uz.download(&name, 0, 0).await,
                Code::NotFound,
                "RESOURCE_NOT_FOUND",
            );
        }
    })
    .await;
}
