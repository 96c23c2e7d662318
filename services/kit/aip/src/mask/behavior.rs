//! What an update may do with a field, as the contract states it (AIP-203).

use prost_reflect::{FieldDescriptor, Value};

/// The values of `google.api.FieldBehavior` that matter to an update.
const OUTPUT_ONLY: i32 = 3;
const IMMUTABLE: i32 = 5;
const IDENTIFIER: i32 = 8;

/// What an update may do with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behavior {
    /// Take what was sent.
    Mutable,
    /// Take nothing, and complain about a change.
    Immutable,
    /// Take nothing.
    Kept,
}

impl Behavior {
    pub(super) fn of(field: &FieldDescriptor) -> Self {
        let behaviors = stated(field).unwrap_or_default();
        let is = |behavior| behaviors.contains(&Value::EnumNumber(behavior));
        if is(OUTPUT_ONLY) || is(IDENTIFIER) {
            Self::Kept
        } else if is(IMMUTABLE) {
            Self::Immutable
        } else {
            Self::Mutable
        }
    }
}

/// Returns the values of the field's `google.api.field_behavior` option.
fn stated(field: &FieldDescriptor) -> Option<Vec<Value>> {
    let pool = field.parent_pool();
    let option = pool.get_extension_by_name("google.api.field_behavior")?;
    match field.options().get_extension(&option).as_ref() {
        Value::List(values) => Some(values.clone()),
        _ => None,
    }
}
