//! Field masks: which fields of a resource an update changes (AIP-134, AIP-161).
//!
//! The work is done on descriptors, so that one function serves every resource and obeys the
//! `field_behavior` that its contract states.

mod behavior;
mod merge;

use prost_reflect::{DynamicMessage, MessageDescriptor};
use prost_types::FieldMask;

use crate::Violations;

/// Returns `base` with the fields that `mask` names taken from `patch`.
///
/// - Without a mask, or with an empty one, the populated top-level fields of `patch` are taken;
///   with the single path `*`, all fields. A path is dotted and in `snake_case`; it may lead into
///   messages, not into lists and maps, which are taken whole.
/// - Output-only fields and identifiers keep the value of `base`, whatever was sent.
/// - An immutable field that would change is a violation with reason `IMMUTABLE_FIELD`. One that is
///   not set in `patch` counts as left alone, unless a path names it.
/// - An unknown path is a violation of `update_mask` with reason `MASK_INVALID`, and so are more than
///   1,000 paths.
///
/// `field` is the name of the resource in the request, such as `document`.
pub fn merge<M>(base: &M, patch: &M, mask: Option<&FieldMask>, field: &str) -> Result<M, Violations>
where
    M: prost::Message + prost::Name + Default,
{
    let unknown = |problem: &str| invalid(format!("{}: {problem}", M::full_name()));
    let descriptor = accord_proto::descriptor_of::<M>()
        .ok_or_else(|| unknown("is not part of the contracts"))?;
    let base = dynamic(&descriptor, base).ok_or_else(|| unknown("does not fit its contract"))?;
    let patch = dynamic(&descriptor, patch).ok_or_else(|| unknown("does not fit its contract"))?;
    merge::merge(base, &patch, mask, field)?
        .transcode_to()
        .map_err(|_| unknown("does not fit its contract"))
}

/// Returns `message` in the form that knows its descriptor.
fn dynamic<M: prost::Message>(
    descriptor: &MessageDescriptor,
    message: &M,
) -> Option<DynamicMessage> {
    let mut dynamic = DynamicMessage::new(descriptor.clone());
    dynamic.transcode_from(message).ok()?;
    Some(dynamic)
}

/// A mask that cannot be followed.
fn invalid(description: String) -> Violations {
    let mut violations = Violations::new();
    violations.push("update_mask", "MASK_INVALID", description);
    violations
}

#[cfg(test)]
mod tests;
