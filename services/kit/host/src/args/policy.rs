//! Which policies callers are judged by.

use std::path::PathBuf;

use identity::Policies;

use crate::{Rules, StartError};

/// Where the policies come from.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct PolicyArgs {
    /// Folder with policies in Cedar (`*.cedar`) in place of those in the program, and perhaps a
    /// schema (`*.cedarschema`); read again on SIGHUP. See `accord policy --help`
    #[arg(long, value_name = "DIR")]
    pub policy_dir: Option<PathBuf>,
}

impl PolicyArgs {
    /// Reads and checks the policies; those of the program if no folder is set.
    ///
    /// Fails with [`StartError::Config`] that names file, line, column and what is wrong.
    pub fn rules(&self) -> Result<Rules, StartError> {
        Ok(self.read()?.map_or_else(Rules::default, Rules::from))
    }

    /// Reads the folder again in the place of `rules`, which stay where that fails.
    pub(crate) fn reload(&self, rules: &Rules) {
        match self.read() {
            Ok(None) => {}
            Ok(Some(policies)) => {
                rules.replace(policies);
                tracing::info!("the policies were read again");
            }
            Err(error) => tracing::error!(%error, "the policies before stay in use"),
        }
    }

    fn read(&self) -> Result<Option<Policies>, StartError> {
        let Some(folder) = &self.policy_dir else {
            return Ok(None);
        };
        let policies = Policies::read(folder).map_err(|error| {
            StartError::Config(format!("--policy-dir (ACCORD_POLICY_DIR): {error}"))
        })?;
        for warning in policies.warnings() {
            tracing::warn!(%warning, "a policy looks wrong");
        }
        Ok(Some(policies))
    }
}
