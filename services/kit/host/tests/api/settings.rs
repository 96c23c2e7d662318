//! The layers of the configuration, and what a wrong setting answers.

use std::{ffi::OsString, fs, path::PathBuf};

use clap::{Parser, Subcommand};
use host::{AuthArgs, config};

#[derive(Parser, Debug)]
struct Cli {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    Serve(Box<Serve>),
    Other,
}

#[derive(clap::Args, Debug)]
struct Serve {
    #[arg(long)]
    config: Option<PathBuf>,
    #[arg(long, default_value = "default")]
    probe_word: String,
    #[arg(long)]
    probe_needed: String,
    #[arg(long)]
    probe_flag: bool,
    #[arg(long)]
    probe_list: Vec<String>,
    // Set in every environment, so that no test has to change its own.
    #[arg(long, env = "PATH", default_value = "default")]
    probe_from_environment: String,
    #[command(flatten)]
    auth: AuthArgs,
}

fn parse(file: &str, more: &[&str]) -> Result<Serve, config::Stop> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("accord.toml");
    fs::write(&path, file).unwrap();
    let mut arguments = vec!["accord", "serve", "--config", path.to_str().unwrap()];
    arguments.extend(more);
    match config::parse::<Cli>(arguments.into_iter().map(OsString::from))?.command {
        Verb::Serve(serve) => Ok(*serve),
        Verb::Other => panic!("another verb"),
    }
}

fn refused(file: &str) -> String {
    match parse(file, &["--probe-needed", "x"]) {
        Err(config::Stop::Config(error)) => {
            assert_eq!(error.exit_code(), 2);
            error.to_string()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn file_wins_over_defaults_and_flags_win_over_the_file() {
    let file = "probe-word = 'file'\nprobe_needed = 'file'\n";
    let read = parse(file, &[]).unwrap();
    assert_eq!(
        (read.probe_word.as_str(), read.probe_needed.as_str()),
        ("file", "file")
    );
    let read = parse(file, &["--probe-word", "flag"]).unwrap();
    assert_eq!(
        (read.probe_word.as_str(), read.probe_needed.as_str()),
        ("flag", "file")
    );
    let read = parse("", &["--probe-needed", "flag"]).unwrap();
    assert_eq!(read.probe_word, "default");
}

#[test]
fn variables_win_over_the_file_and_flags_over_variables() {
    let file = "probe-from-environment = 'file'\nprobe-needed = 'file'\n";
    let read = parse(file, &[]).unwrap();
    assert_eq!(read.probe_from_environment, std::env::var("PATH").unwrap());
    let read = parse(file, &["--probe-from-environment", "flag"]).unwrap();
    assert_eq!(read.probe_from_environment, "flag");
}

#[test]
fn file_sets_switches_lists_and_groups() {
    let file = "probe_flag = true\nprobe-needed = 7\nprobe-list = ['a', 'b']\n\
                [auth]\nissuer = 'i'\naudience = 'a'\n";
    let read = parse(file, &[]).unwrap();
    assert!(read.probe_flag);
    assert_eq!(read.probe_needed, "7");
    assert_eq!(read.probe_list, ["a", "b"]);
    assert_eq!(read.auth.auth_issuer.as_deref(), Some("i"));
    let read = parse(
        "[probe-list]\ndocuments = 'http://a'\n",
        &["--probe-needed", "x"],
    )
    .unwrap();
    assert_eq!(read.probe_list, ["documents=http://a"]);
    assert!(
        !parse("probe-flag = false", &["--probe-needed", "x"])
            .unwrap()
            .probe_flag
    );
}

#[test]
fn unknown_key_is_refused_by_its_name_and_file() {
    for (file, key) in [
        ("lisen = 'x'", "lisen"),
        ("[auth]\nisuer = 'x'", "auth_isuer"),
        ("[unheard]\nof = 'x'", "unheard"),
        ("config = 'other.toml'", "config"),
    ] {
        let text = refused(file);
        assert!(
            text.contains("accord.toml") && text.contains(&format!("{key:?}")),
            "{text}"
        );
    }
}

#[test]
fn file_that_is_no_toml_is_refused_with_its_line() {
    let text = refused("probe-word = 'a'\nprobe-list = [\n");
    assert!(text.contains("accord.toml: line 2"), "{text}");
    assert!(!text.contains('\n'), "{text}");
    assert!(refused("probe-word = ['a']").contains("probe-word"));
}

#[test]
fn missing_file_is_refused() {
    let arguments = [
        "accord",
        "serve",
        "--config",
        "/no/such/file",
        "--probe-needed",
        "x",
    ];
    let answer = config::parse::<Cli>(arguments.into_iter().map(OsString::from));
    assert!(matches!(answer, Err(config::Stop::Config(_))));
}

#[test]
fn other_subcommands_are_left_alone() {
    let arguments = ["accord", "other"].into_iter().map(OsString::from);
    assert!(matches!(
        config::parse::<Cli>(arguments).unwrap().command,
        Verb::Other
    ));
    let arguments = ["accord", "serve"].into_iter().map(OsString::from);
    assert!(matches!(
        config::parse::<Cli>(arguments),
        Err(config::Stop::Usage(_))
    ));
}

#[test]
fn missing_authentication_names_each_setting() {
    let auth = AuthArgs {
        auth_audience: Some("accord".to_owned()),
        ..AuthArgs::default()
    };
    let error = auth.verifier(clock::Clock::system()).unwrap_err();
    let text = error.to_string();
    assert_eq!(error.exit_code(), 2);
    assert!(
        text.contains("ACCORD_AUTH_ISSUER") && text.contains("ACCORD_AUTH_JWKS"),
        "{text}"
    );
    assert!(!text.contains("ACCORD_AUTH_AUDIENCE"), "{text}");
}

#[tokio::test]
async fn key_set_over_the_network_in_the_clear_is_refused() {
    let auth = AuthArgs {
        auth_issuer: Some("i".to_owned()),
        auth_audience: Some("a".to_owned()),
        auth_jwks: Some("http://issuer.example/jwks".to_owned()),
        ..AuthArgs::default()
    };
    let error = auth.tokens(clock::Clock::system()).await.unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("https"), "{error}");
}

#[tokio::test]
async fn a_mistake_in_the_agencies_is_told_with_its_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("agencies.json");
    fs::write(&path, "[{\"agency\": \"uz-stat\", \"roles\": []}]").unwrap();
    let auth = AuthArgs {
        auth_agencies: Some(path),
        ..AuthArgs::default()
    };
    let error = auth.agencies().unwrap_err();
    assert_eq!(error.exit_code(), 2);
    let text = error.to_string();
    assert!(
        text.contains("ACCORD_AUTH_AGENCIES") && text.contains("agency number 1"),
        "{text}"
    );
}
