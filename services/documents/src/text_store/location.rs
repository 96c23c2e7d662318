//! Which store a URL names.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use host::StartError;
use object_store::{
    ClientOptions, ObjectStore, RetryConfig, aws::AmazonS3Builder, local::LocalFileSystem,
    path::Path as Key,
};
use url::Url;

/// How long one request to S3 may take.
const REQUEST: Duration = Duration::from_secs(30);

/// How long connecting to S3 may take.
const CONNECT: Duration = Duration::from_secs(5);

/// How long a request to S3 is tried again; a caller waits meanwhile.
const RETRY: Duration = Duration::from_secs(20);

/// How often a request to S3 is tried again.
const RETRIES: usize = 4;

/// A store, its folder if it is on this machine, and where in it to keep things.
type Place = (Arc<dyn ObjectStore>, Option<PathBuf>, Key);

pub(super) fn open(url: &str) -> Result<Place, StartError> {
    let parsed = Url::parse(url).map_err(|error| wrong(&error.to_string()))?;
    if !parsed.username().is_empty() || parsed.password().is_some() {
        return Err(wrong(
            "must not hold a key; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        ));
    }
    if parsed.query().is_some() || parsed.fragment().is_some() {
        return Err(wrong("must end with the path"));
    }
    match parsed.scheme() {
        "file" => folder(&parsed),
        "s3" => bucket(&parsed),
        _ => Err(wrong("must begin with file:/// or s3://")),
    }
}

fn folder(url: &Url) -> Result<Place, StartError> {
    let path = url
        .to_file_path()
        .map_err(|()| wrong("must be file:/// and an absolute path of this machine"))?;
    let unusable = |error: io::Error| {
        StartError::Start(format!(
            "cannot keep texts in {}: {error}; --texts-url (ACCORD_TEXTS_URL) sets another place",
            path.display()
        ))
    };
    make_private(&path).map_err(unusable)?;
    let store = LocalFileSystem::new_with_prefix(&path)
        .map_err(|error| unusable(io::Error::other(error)))?
        .with_fsync(true)
        .with_automatic_cleanup(true);
    Ok((Arc::new(store), Some(path), Key::default()))
}

/// Makes the folder, for its owner only, and makes its name durable.
fn make_private(path: &Path) -> io::Result<()> {
    if !path.is_dir() {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path)?;
        #[cfg(unix)]
        if let Some(parent) = path.parent() {
            fs::File::open(parent)?.sync_all()?;
        }
    }
    // A folder that cannot be written is told now, not to the first caller.
    let probe = path.join(".accord-probe");
    fs::write(&probe, "")?;
    fs::remove_file(probe)
}

fn bucket(url: &Url) -> Result<Place, StartError> {
    let name = url
        .host_str()
        .ok_or_else(|| wrong("must be s3://BUCKET or s3://BUCKET/PREFIX"))?;
    let prefix = Key::from_url_path(url.path()).map_err(|error| wrong(&error.to_string()))?;
    // The store's client takes the process's provider of cryptography, and ends the process without one.
    if rustls::crypto::CryptoProvider::get_default().is_none() {
        // Somebody else's is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    // `AWS_ALLOW_HTTP` is read with the other variables: `with_client_options` would forget it.
    let allow_http = std::env::var("AWS_ALLOW_HTTP")
        .is_ok_and(|value| value.eq_ignore_ascii_case("true") || value == "1");
    let options = ClientOptions::new()
        .with_timeout(REQUEST)
        .with_connect_timeout(CONNECT)
        .with_allow_http(allow_http);
    let store = AmazonS3Builder::from_env()
        .with_client_options(options)
        .with_bucket_name(name)
        .with_retry(RetryConfig {
            max_retries: RETRIES,
            retry_timeout: RETRY,
            ..RetryConfig::default()
        })
        .build()
        .map_err(|error| wrong(&error.to_string()))?;
    Ok((Arc::new(store), None, prefix))
}

fn wrong(detail: &str) -> StartError {
    StartError::Config(format!("--texts-url (ACCORD_TEXTS_URL): {detail}"))
}
