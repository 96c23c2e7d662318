//! The contracts of Accord: messages, clients and servers built from the `.proto` sources beside
//! this crate, and the descriptors that reflection, field masks and canonical JSON work from.

use std::sync::LazyLock;

use prost_reflect::{DescriptorPool, MessageDescriptor};

pub mod convert;

#[allow(missing_docs, clippy::all, clippy::pedantic, unreachable_pub)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/mod.rs"));
}

pub use generated::{accord::*, google};

/// The serialized `FileDescriptorSet` of every contract, with imports, options and comments.
pub const FILE_DESCRIPTOR_SET: &[u8] =
    include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.binpb"));

/// The paths of the methods that need no access token, because something in their requests stands for it; every other method needs one.
/// What serves them opens them, and so does the gateway.
pub const OPEN_METHODS: [&str; 1] = ["/accord.roadmaps.v1.CalendarFeedService/ReadCalendarFeed"];

static POOL: LazyLock<DescriptorPool> =
    LazyLock::new(|| DescriptorPool::decode(FILE_DESCRIPTOR_SET).unwrap_or_default());

/// Returns the descriptors of every contract.
#[must_use]
pub fn descriptors() -> &'static DescriptorPool {
    &POOL
}

/// Returns the descriptor of message `M`, or nothing if `M` is not part of these contracts.
#[must_use]
pub fn descriptor_of<M: prost::Name>() -> Option<MessageDescriptor> {
    POOL.get_message_by_name(&M::full_name())
}
