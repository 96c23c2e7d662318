//! The answer of a batch: its caller has to be able to take it.

use tonic::Code;

use crate::Fault;

/// The largest answer: what a client of gRPC takes unless it was told otherwise.
const MAX_ANSWER_BYTES: usize = 4 << 20;

/// Checks that the caller can take the answer, which is repeated to it. A batch that is written must not end as an answer
/// that its caller cannot read.
pub fn check_batch_answer(answer: &impl prost::Message) -> Result<(), Fault> {
    let bytes = answer.encoded_len();
    if bytes <= MAX_ANSWER_BYTES {
        return Ok(());
    }
    let message = format!(
        "the answer would have {bytes} bytes, more than {MAX_ANSWER_BYTES}; send smaller batches"
    );
    Err(
        Fault::new(Code::ResourceExhausted, "BATCH_TOO_LARGE", message)
            .with_metadata("bytes", bytes.to_string())
            .with_metadata("max_bytes", MAX_ANSWER_BYTES.to_string()),
    )
}

#[cfg(test)]
mod tests {
    use accord_proto::documents::v1 as pb;

    use super::*;

    #[test]
    fn an_answer_of_four_mebibytes_is_the_largest() {
        let answer = |bytes: usize| pb::Document {
            signature_place: "x".repeat(bytes),
            ..pb::Document::default()
        };
        // The tag and the length of the text take five bytes.
        assert!(check_batch_answer(&answer(MAX_ANSWER_BYTES - 5)).is_ok());
        let fault = check_batch_answer(&answer(MAX_ANSWER_BYTES - 4)).unwrap_err();
        assert_eq!(fault.reason(), "BATCH_TOO_LARGE");
    }
}
