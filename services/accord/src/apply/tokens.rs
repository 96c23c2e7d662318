//! Whose token each step is sent with.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clock::Clock;
use identity::{Grant, Issuer, Role};

use super::step::Step;
use crate::client::Bearer;
use crate::error::Error;

/// The word for a caller that is no party's.
const OPERATOR: &str = "operator";
/// Tokens made for a load live as long as the longest load should take.
const TTL: Duration = Duration::from_hours(1);

/// The tokens of a load, by party.
#[derive(Debug)]
pub struct Tokens {
    by_party: BTreeMap<String, Bearer>,
    otherwise: Option<Bearer>,
}

impl Tokens {
    /// One token for every step, whatever party the step names.
    #[must_use]
    pub fn one(bearer: Bearer) -> Self {
        Self {
            by_party: BTreeMap::new(),
            otherwise: Some(bearer),
        }
    }

    /// A token file for each party.
    pub fn read(files: &[(String, PathBuf)]) -> Result<Self, Error> {
        let by_party = files
            .iter()
            .map(|(party, path)| Ok((party.clone(), Bearer::read(Some(path))?)))
            .collect::<Result<_, Error>>()?;
        Ok(Self {
            by_party,
            otherwise: None,
        })
    }

    /// Makes a token for each party that the steps name, with the key of a data directory.
    pub fn mint(folder: &Path, steps: &[Step]) -> Result<Self, Error> {
        let issuer = Issuer::open(folder, Clock::system())
            .map_err(|error| Error::Failed(error.to_string()))?;
        Self::issue(&issuer, steps)
    }

    /// Makes a token for each party that the steps name.
    pub fn issue(issuer: &Issuer, steps: &[Step]) -> Result<Self, Error> {
        let named: BTreeSet<&str> = steps
            .iter()
            .filter_map(|step| step.party.as_deref())
            .collect();
        let by_party = named
            .into_iter()
            .map(|party| {
                let grant = grant(party);
                grant
                    .check()
                    .map_err(|error| Error::Failed(format!("\"as\": \"{party}\": {error}")))?;
                Ok((party.to_owned(), Bearer::new(&issuer.issue(&grant))?))
            })
            .collect::<Result<_, Error>>()?;
        Ok(Self {
            by_party,
            otherwise: Some(Bearer::new(&issuer.issue(&grant(OPERATOR)))?),
        })
    }

    /// The token for one step.
    pub fn of(&self, step: &Step) -> Result<Bearer, Error> {
        let named = step
            .party
            .as_deref()
            .and_then(|party| self.by_party.get(party));
        let any = self
            .otherwise
            .as_ref()
            .filter(|_| step.party.is_none() || self.by_party.is_empty());
        named.or(any).cloned().ok_or_else(|| {
            Error::Usage(match &step.party {
                Some(party) => format!(
                    "{}: no token for {party}; add --token {party}=FILE",
                    step.place
                ),
                None => format!("{}: the item does not say \"as\" whom", step.place),
            })
        })
    }
}

/// What a token made for a load says of its holder: an editor of the party, or the operator.
fn grant(party: &str) -> Grant {
    if party == OPERATOR {
        return Grant {
            agency: OPERATOR.to_owned(),
            party: None,
            roles: vec![Role::Operator],
            ttl: TTL,
        };
    }
    Grant {
        agency: format!("{}-records", party.to_lowercase()),
        party: Some(party.to_owned()),
        roles: vec![Role::Editor],
        ttl: TTL,
    }
}

/// Reads `PARTY=FILE`.
pub fn parse_pair(text: &str) -> Result<(String, PathBuf), String> {
    text.split_once('=')
        .filter(|(party, file)| !party.is_empty() && !file.is_empty())
        .map(|(party, file)| (party.to_owned(), PathBuf::from(file)))
        .ok_or_else(|| "write it as PARTY=FILE, such as UZ=uz.token".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pair_names_a_party_and_a_file() {
        assert_eq!(
            parse_pair("UZ=a=b.token"),
            Ok(("UZ".to_owned(), PathBuf::from("a=b.token")))
        );
        assert!(parse_pair("UZ").is_err());
        assert!(parse_pair("=f").is_err());
    }

    #[test]
    fn grants_made_here_would_be_accepted() {
        assert!(grant("UZ").check().is_ok());
        assert!(grant("XA").check().is_ok());
        assert!(grant(OPERATOR).check().is_ok());
    }
}
