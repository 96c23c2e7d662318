//! One question to the policies.

use super::Group;
use crate::{Level, Role};

/// What somebody wants to do.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    /// The agency that asks.
    pub agency: &'a str,
    /// Its party, an ISO 3166-1 alpha-2 code.
    pub party: Option<&'a str>,
    /// Its roles.
    pub roles: &'a [Role],
    /// The method that was called, as `accord.documents.v1.DocumentService/GetDocument`.
    pub method: Option<&'a str>,
    /// What it is to do.
    pub group: Group,
    /// What it is to do that to.
    pub object: Object<'a>,
}

/// What something is to be done to.
#[derive(Clone, Copy, Debug)]
pub enum Object<'a> {
    /// All that a service keeps: nothing is known but the method.
    Whole,
    /// One record.
    Of {
        /// Whose it is, or whose word is given.
        parties: &'a [&'a str],
        /// How widely it may be read, where that is known.
        level: Option<Level>,
    },
}

impl Query<'_> {
    /// Returns bytes that are the same for the same question only.
    pub(super) fn key(&self) -> Vec<u8> {
        let roles = self
            .roles
            .iter()
            .fold(0, |bits, role| bits | 1 << *role as u8);
        let mut key = Vec::with_capacity(128);
        key.extend([self.group as u8, roles]);
        add(&mut key, self.agency);
        for text in [self.party, self.method] {
            key.push(u8::from(text.is_some()));
            add(&mut key, text.unwrap_or_default());
        }
        if let Object::Of { parties, level } = self.object {
            key.push(level.map_or(0, |level| level as u8));
            for party in parties {
                add(&mut key, party);
            }
        }
        key
    }
}

/// Adds a text with its length before it, so that two texts are never taken for two others.
fn add(key: &mut Vec<u8>, text: &str) {
    key.extend((text.len() as u64).to_le_bytes());
    key.extend(text.as_bytes());
}
