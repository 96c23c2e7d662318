//! Who calls, and what they may do.
//!
//! A caller is an agency of a party, proved by a signed access token in the JWT profile of
//! RFC 9068. [`Verifier`] checks tokens against a set of public keys, [`Issuer`] is the small
//! authorization server of the one-process mode, and [`Caller`] is what a handler asks before it
//! acts. What each may do is decided by [`Policies`], written in Cedar.
//!
//! Signatures are made and checked by `ring`; this crate only reads the token around them, because
//! the rules here (one algorithm per key, the injected clock, no repeated claims) are stricter
//! than what general JWT libraries enforce.

mod caller;
mod certificate;
mod claims;
mod clearance;
mod issuer;
mod jwks;
mod policy;
mod recent;
mod role;
mod token;
mod verifier;

pub use caller::Caller;
pub use certificate::{Agencies, AgenciesError, Thumbprint, certificate_left};
pub use clearance::{Clearance, Level};
pub use issuer::{AUDIENCE, Grant, ISSUER, Issuer};
pub use jwks::KeyError;
pub use policy::{
    Asked, Group, Lack, Mistake, Object, Policies, Policy, PolicyError, PolicyFile, PolicyFiles,
    Query, Verdict, contracts,
};
pub use role::Role;
pub use token::TokenError;
pub use verifier::Verifier;
