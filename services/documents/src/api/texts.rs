//! The methods on texts, and the checks they share.

pub(super) mod cancel_upload;
pub(super) mod complete_upload;
pub(super) mod create;
pub(super) mod create_upload;
pub(super) mod download;
pub(super) mod get;
pub(super) mod get_upload;
pub(super) mod get_version;
pub(super) mod list;
pub(super) mod list_versions;
pub(super) mod update;
pub(super) mod upload;
pub(super) mod withdraw;
