//! `accord token inspect`.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clock::Clock;
use identity::Issuer;
use serde_json::Value;

use crate::client::DEFAULT_TOKEN_FILE;
use crate::error::Error;
use crate::render::{Block, Page};

/// Options of `accord token inspect`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  accord token inspect uz.token
  accord token issue --agency uz-stat --party UZ --role editor | accord token inspect -
  accord token inspect uz.token --data-dir ./accord-data     checks the signature too")]
pub(super) struct Args {
    /// File with the token, or `-` for standard input.
    #[arg(value_name = "FILE", env = "ACCORD_TOKEN_FILE", default_value = DEFAULT_TOKEN_FILE)]
    file: PathBuf,
    /// Checks the token against the key of this data directory.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<(), Error> {
    let token = read(&args.file)?;
    let claims = claims(token.trim()).ok_or_else(|| {
        Error::file(
            &args.file,
            "this is not a token (a JSON Web Token has three parts)",
        )
    })?;
    let mut pairs = describe(&claims);
    if let Some(folder) = &args.data_dir {
        pairs.push(("Check", check(folder, token.trim())?));
    }
    let page = Page::new(vec![Block::Pairs(pairs)]);
    Ok(io::Write::write_all(
        &mut io::stdout(),
        page.to_string().as_bytes(),
    )?)
}

fn read(path: &Path) -> Result<String, Error> {
    if path == Path::new("-") {
        let mut text = String::new();
        return match io::stdin().read_to_string(&mut text) {
            Ok(_) => Ok(text),
            Err(error) => Err(Error::file("standard input", error)),
        };
    }
    std::fs::read_to_string(path).map_err(|error| Error::file(path, error))
}

/// Reads the claims of a token without checking anything.
fn claims(token: &str) -> Option<Value> {
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let bytes = URL_SAFE_NO_PAD.decode(claims).ok()?;
    serde_json::from_slice(&bytes).ok().filter(Value::is_object)
}

fn describe(claims: &Value) -> Vec<(&'static str, String)> {
    let text = |key: &str| match &claims[key] {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        Value::Array(items) => items
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    };
    let instant = |key: &str| {
        claims[key]
            .as_i64()
            .and_then(|second| jiff::Timestamp::from_second(second).ok())
    };
    let expiry = instant("exp").map_or(String::new(), |at| {
        let word = if at <= Clock::system().now() {
            " (expired)"
        } else {
            ""
        };
        format!("{at}{word}")
    });
    vec![
        ("Agency", text("agency")),
        ("Party", text("party")),
        ("Roles", text("roles")),
        ("Issuer", text("iss")),
        ("Audience", text("aud")),
        (
            "Issued",
            instant("iat").map_or(String::new(), |at| at.to_string()),
        ),
        ("Expires", expiry),
        ("Id", text("jti")),
    ]
}

fn check(folder: &Path, token: &str) -> Result<String, Error> {
    let failed = |error: identity::KeyError| Error::Failed(error.to_string());
    let verifier = Issuer::open(folder, Clock::system())
        .map_err(failed)?
        .verifier()
        .map_err(failed)?;
    Ok(match verifier.verify(token) {
        Ok(_) => "accepted by this data directory's services".to_owned(),
        Err(error) => format!("refused: {error}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_are_shown_and_rubbish_is_refused() {
        let body = URL_SAFE_NO_PAD
            .encode(r#"{"agency":"uz-stat","party":"UZ","roles":["editor"],"exp":1}"#);
        let pairs = describe(&claims(&format!("e30.{body}.c2ln")).unwrap());
        assert!(pairs.contains(&("Agency", "uz-stat".to_owned())));
        assert!(pairs.contains(&("Roles", "editor".to_owned())));
        assert!(pairs.contains(&("Expires", "1970-01-01T00:00:01Z (expired)".to_owned())));
        assert!(claims("abc").is_none());
        assert!(claims("a.!.c").is_none());
    }
}
