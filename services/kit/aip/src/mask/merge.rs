//! The rules of an update, on messages that know their descriptors.

use prost_reflect::{DynamicMessage, FieldDescriptor, MessageDescriptor, ReflectMessage, Value};
use prost_types::FieldMask;

use crate::Violations;

use super::{behavior::Behavior, invalid};

/// The most paths of a mask; no resource has as many fields.
const MAX_PATHS: usize = 1_000;

/// Does what [`super::merge`] describes.
pub(super) fn merge(
    mut base: DynamicMessage,
    patch: &DynamicMessage,
    mask: Option<&FieldMask>,
    field: &str,
) -> Result<DynamicMessage, Violations> {
    let paths = mask.map_or(&[][..], |mask| &mask.paths);
    let mut merge = Merge::default();
    match paths {
        [] => merge.populated(&mut base, patch, field),
        [star] if star == "*" => merge.all(&mut base, patch, field),
        paths if paths.len() > MAX_PATHS => {
            let description = format!("must have at most {MAX_PATHS} paths, not {}", paths.len());
            merge.violations.merge(invalid(description));
        }
        paths => {
            for path in paths {
                if let Err(description) = merge.at(&mut base, patch, path, field) {
                    merge.violations.merge(invalid(description));
                }
            }
        }
    }
    merge.violations.finish().map(|()| base)
}

/// Takes fields over and collects what is wrong with them.
#[derive(Default)]
struct Merge {
    violations: Violations,
}

impl Merge {
    /// Takes over the fields that are populated in `patch`.
    fn populated(&mut self, base: &mut DynamicMessage, patch: &DynamicMessage, prefix: &str) {
        for field in patch.descriptor().fields() {
            if patch.has_field(&field) {
                self.one(base, patch, &field, prefix);
            }
        }
    }

    /// Takes over every field.
    fn all(&mut self, base: &mut DynamicMessage, patch: &DynamicMessage, prefix: &str) {
        for field in patch.descriptor().fields() {
            self.one(base, patch, &field, prefix);
        }
    }

    /// Takes over one field with all that is in it.
    fn one(
        &mut self,
        base: &mut DynamicMessage,
        patch: &DynamicMessage,
        field: &FieldDescriptor,
        prefix: &str,
    ) {
        match Behavior::of(field) {
            Behavior::Kept => {}
            Behavior::Immutable => {
                if patch.has_field(field) {
                    self.refuse_change(base, patch, field, prefix);
                }
            }
            Behavior::Mutable => match message_of(field) {
                Some(descriptor) => self.nested(base, patch, field, &descriptor, prefix),
                None if patch.has_field(field) => {
                    base.set_field(field, patch.get_field(field).into_owned());
                }
                None => base.clear_field(field),
            },
        }
    }

    /// Takes over a message field by field, so that what is output-only in it stays.
    fn nested(
        &mut self,
        base: &mut DynamicMessage,
        patch: &DynamicMessage,
        field: &FieldDescriptor,
        descriptor: &MessageDescriptor,
        prefix: &str,
    ) {
        let is_sent = patch.has_field(field);
        if !is_sent && !base.has_field(field) {
            return;
        }
        let sent = message_in(patch, field, descriptor);
        let mut kept = message_in(base, field, descriptor);
        self.all(&mut kept, &sent, &format!("{prefix}.{}", field.name()));
        if is_sent || kept.fields().next().is_some() {
            base.set_field(field, Value::Message(kept));
        } else {
            base.clear_field(field);
        }
    }

    /// Takes over the field that a path of the mask names; the error says what is wrong with it.
    fn at(
        &mut self,
        base: &mut DynamicMessage,
        patch: &DynamicMessage,
        dotted: &str,
        prefix: &str,
    ) -> Result<(), String> {
        let (first, rest) = match dotted.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (dotted, None),
        };
        let message = base.descriptor();
        let field = message.get_field_by_name(first).ok_or_else(|| {
            if first == "*" {
                "`*` must be the only path and stand alone".to_owned()
            } else {
                format!("{} has no field `{first}`", message.name())
            }
        })?;
        let Some(rest) = rest else {
            if Behavior::of(&field) == Behavior::Immutable {
                self.refuse_change(base, patch, &field, prefix);
            } else {
                self.one(base, patch, &field, prefix);
            }
            return Ok(());
        };
        let descriptor = message_of(&field)
            .ok_or_else(|| format!("`{first}` is not a message, so it has no `{rest}`"))?;
        let sent = message_in(patch, &field, &descriptor);
        let mut kept = message_in(base, &field, &descriptor);
        let before = kept.clone();
        let behavior = Behavior::of(&field);
        self.at(&mut kept, &sent, rest, &format!("{prefix}.{first}"))?;
        if kept == before || behavior == Behavior::Kept {
            return Ok(());
        }
        if behavior == Behavior::Immutable {
            self.refuse_change(base, patch, &field, prefix);
            return Ok(());
        }
        base.set_field(&field, Value::Message(kept));
        Ok(())
    }

    fn refuse_change(
        &mut self,
        base: &DynamicMessage,
        patch: &DynamicMessage,
        field: &FieldDescriptor,
        prefix: &str,
    ) {
        if base.get_field(field) != patch.get_field(field) {
            self.violations.push(
                format!("{prefix}.{}", field.name()),
                "IMMUTABLE_FIELD",
                "cannot be changed after the resource was created",
            );
        }
    }
}

/// Returns what kind of message a field holds, if it holds exactly one.
fn message_of(field: &FieldDescriptor) -> Option<MessageDescriptor> {
    let kind = field.kind();
    let message = kind.as_message()?;
    (!field.is_list() && !field.is_map()).then(|| message.clone())
}

/// Returns the message in a field, or an empty one.
fn message_in(
    message: &DynamicMessage,
    field: &FieldDescriptor,
    descriptor: &MessageDescriptor,
) -> DynamicMessage {
    match message.get_field(field).into_owned() {
        Value::Message(inner) => inner,
        _ => DynamicMessage::new(descriptor.clone()),
    }
}
