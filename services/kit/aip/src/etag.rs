//! Etags: the version of a resource as an opaque token (AIP-154).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// Twelve bytes tell the revisions of one resource apart with certainty enough, in 16 characters.
const ETAG_BYTES: usize = 12;

/// An etag that is not the current one: somebody changed the resource in between.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the etag is {given}, but the current one is {current}")]
pub struct EtagMismatch {
    /// What the caller sent.
    pub given: String,
    /// What the resource has.
    pub current: String,
}

/// Returns the etag of revision `revision` of the resource with identifier `uid`: strong and quoted
/// (RFC 9110, section 8.8.3).
#[must_use]
pub fn of(uid: &str, revision: i64) -> String {
    let digest = Sha256::new()
        .chain_update(uid)
        .chain_update([0])
        .chain_update(revision.to_be_bytes())
        .finalize();
    let short: Vec<u8> = digest.into_iter().take(ETAG_BYTES).collect();
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(short))
}

/// Compares the etag of a request with the current one; a request without one is let through.
pub fn check(given: &str, current: &str) -> Result<(), EtagMismatch> {
    if given.is_empty() || given == current {
        return Ok(());
    }
    Err(EtagMismatch {
        given: given.to_owned(),
        current: current.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn etags_are_strong_quoted_and_stable() {
        assert_eq!(of("018f", 1), of("018f", 1));
        let etag = of("018f", 1);
        assert!(
            etag.starts_with('"') && etag.ends_with('"') && etag.len() == 18,
            "{etag}"
        );
    }

    #[test]
    fn each_revision_of_each_resource_has_its_own() {
        let all: HashSet<_> = (0..20)
            .flat_map(|uid| (0..20).map(move |revision| of(&uid.to_string(), revision)))
            .collect();
        assert_eq!(all.len(), 400);
    }

    #[test]
    fn only_the_current_or_no_etag_passes() {
        let current = of("018f", 2);
        assert_eq!(check("", &current), Ok(()));
        assert_eq!(check(&current, &current), Ok(()));
        for stale in [
            of("018f", 1),
            format!("W/{current}"),
            current.replace('"', ""),
            "*".into(),
        ] {
            let mismatch = check(&stale, &current).unwrap_err();
            assert_eq!(
                mismatch,
                EtagMismatch {
                    given: stale,
                    current: current.clone()
                }
            );
        }
    }
}
