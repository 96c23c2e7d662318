//! Policies of one's own: what is taken, what is refused and how, and how a decision explains itself.

use std::{fs, path::Path, sync::Arc};

use identity::{Caller, Clearance, Group, Object, Policies, PolicyFile, PolicyFiles, Query, Role};

const PUBLISH: &str = "accord.trade.v1.ReleaseService/PublishRelease";
const GET_DOCUMENT: &str = "accord.documents.v1.DocumentService/GetDocument";

/// The shipped files with another one beside.
fn with(policies: &str) -> PolicyFiles {
    let mut files = PolicyFiles::shipped();
    files.policies.push(PolicyFile {
        name: "own.cedar".to_owned(),
        text: policies.to_owned(),
    });
    files
}

/// The one mistake of a set.
fn mistake(files: &PolicyFiles) -> String {
    let error = Policies::of(files).unwrap_err();
    assert_eq!(error.mistakes().len(), 1, "{error:?}");
    error.to_string()
}

fn editor(agency: &str, method: &str, policies: &Arc<Policies>) -> Caller {
    let caller = Caller::new(agency, agency, Some("UZ".to_owned()), vec![Role::Editor]);
    caller.calling(method, Arc::clone(policies))
}

#[test]
fn the_shipped_policies_are_in_order_and_say_why_they_are_there() {
    let policies = Policies::of(&PolicyFiles::shipped()).unwrap();
    assert!(policies.warnings().is_empty(), "{:?}", policies.warnings());
    for policy in policies.all() {
        assert!(!policy.because.is_empty(), "{}", policy.id);
        assert!(!policy.forbids, "{}", policy.id);
    }
}

#[test]
fn a_mistake_is_told_with_its_file_line_and_column() {
    for (policy, place, part) in [
        (
            "@id(\"a\")\npermit (principal, action resource);",
            "own.cedar:2:27: ",
            "resource",
        ),
        (
            "permit (principal, action, resource);",
            "own.cedar:1:1: ",
            "@id",
        ),
        (
            "@id(\"read\")\npermit (principal, action, resource);",
            "own.cedar:1:1: ",
            "reading.cedar",
        ),
        (
            "@id(\"a\")\npermit (principal in Role::\"chef\", action, resource);",
            "own.cedar:",
            "chef",
        ),
        (
            "@id(\"a\")\npermit (principal, action == Action::\"accord.Nothing/Get\", resource);",
            "own.cedar:",
            "accord.Nothing/Get",
        ),
        (
            "@id(\"a\")\npermit (principal, action, resource)\nwhen { principal.size > 1 };",
            "own.cedar:3:",
            "size",
        ),
        (
            "@id(\"a\")\nforbid (principal, action, resource)\nwhen { resource.accessLevel == AccessLevel::\"PUBLIC\" };",
            "own.cedar:3:",
            "accessLevel",
        ),
        (
            "@id(\"a\")\npermit (principal == ?principal, action, resource);",
            "own.cedar: ",
            "templates",
        ),
    ] {
        let error = Policies::of(&with(policy)).unwrap_err();
        let told = error.mistakes()[0].to_string();
        assert!(told.starts_with(place), "{told}");
        assert!(told.contains(part), "{told}");
        assert!(!error.to_string().contains('\n'), "{error}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let error = Policies::of(&with(
        "@id(\"a\") permit (principal in Role::\"chef\", action, resource);\n\
         @id(\"b\") permit (principal in Role::\"cook\", action, resource);",
    ))
    .unwrap_err();
    assert!(error.mistakes().len() >= 2, "{error:?}");
    assert!(error.to_string().contains("more"), "{error}");
}

#[test]
fn mistakes_of_every_file_are_told_whatever_is_wrong_with_the_others() {
    let folder = tempfile::tempdir().unwrap();
    write(
        folder.path(),
        "a.cedar",
        "@id(\"a\") permit (principal, action resource);",
    );
    write(
        folder.path(),
        "b.cedar",
        "@id(\"b\") permit (principal in Role::\"chef\", action, resource);",
    );
    write(
        folder.path(),
        "c.cedar",
        "permit (principal, action, resource);",
    );
    write(
        folder.path(),
        "d.cedar",
        "@id(\"d\") forbid (principal, action, resource == Document::\"x\");",
    );
    fs::write(folder.path().join("e.cedar"), [0xff]).unwrap();
    let shipped = PolicyFiles::shipped().schema.text;
    let method = "\"accord.overview.v1.OverviewService/GetOverview\"";
    let without = shipped.replace(method, "\"accord.overview.v1.OverviewService/Get\"");
    write(folder.path(), "x.cedarschema", &without);
    let told = |folder: &Path| {
        let error = Policies::read(folder).unwrap_err();
        let mistakes: Vec<String> = error.mistakes().iter().map(ToString::to_string).collect();
        mistakes.join("\n")
    };
    let text = told(folder.path());
    for part in [
        "a.cedar:1:",
        "b.cedar:1:",
        "c.cedar:1:",
        "e.cedar: ",
        "x.cedarschema: ",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    // What nothing asks for can be told once it is known what is asked.
    write(folder.path(), "x.cedarschema", &shipped);
    let text = told(folder.path());
    for part in [
        "a.cedar:1:",
        "b.cedar:1:",
        "c.cedar:1:",
        "d.cedar:1:",
        "e.cedar: ",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn a_schema_must_have_every_method_once_and_fit_what_is_asked() {
    let changed = |from: &str, to: &str| {
        let mut files = PolicyFiles::shipped();
        assert!(files.schema.text.contains(from), "{from}");
        files.schema.text = files.schema.text.replace(from, to);
        files
    };
    let text = mistake(&changed(
        "action\n  \"accord.overview.v1.OverviewService/GetOverview\"\nin [read]",
        "action\n  \"accord.overview.v1.OverviewService/Get\"\nin [read]",
    ));
    assert!(
        text.contains("OverviewService/GetOverview") && text.contains("contracts"),
        "{text}"
    );
    let text = mistake(&changed(
        "\"accord.overview.v1.OverviewService/GetOverview\"\nin [read]",
        "\"accord.overview.v1.OverviewService/GetOverview\"\nin [read, administer]",
    ));
    assert!(text.contains("more than one of"), "{text}");
    let text = mistake(&changed(
        "\"accord.overview.v1.OverviewService/GetOverview\"\nin [read]",
        "\"accord.overview.v1.OverviewService/GetOverview\"\n",
    ));
    assert!(text.contains("must be in one of"), "{text}");
    let text = mistake(&changed(
        "resource: [Register, Overview]",
        "resource: [Overview, Entry]",
    ));
    assert!(text.contains("one kind of resource"), "{text}");
    let text = mistake(&changed("giveWord in [edit]", "giveWord in [read]"));
    assert!(text.contains("giveWord"), "{text}");
    for broken in [
        changed("parties: Set<Party>", "parties: Set<String>"),
        changed("accessLevel?: AccessLevel", "accessLevel: AccessLevel"),
        changed("\"RESTRICTED\"", "\"SECRET\""),
        changed("in [Party, Role]", "in [Party]"),
        changed("entity Party;", "entity Party"),
    ] {
        assert!(Policies::of(&broken).is_err());
    }
}

#[test]
fn what_one_policy_forbids_no_other_permits_and_it_is_named() {
    let policies = Arc::new(
        Policies::of(&with(&format!(
            "@id(\"freeze\")\n@because(\"the figures of 2024 are being checked\")\n\
             forbid (principal == Agency::\"uz-stat\", action == Action::\"{PUBLISH}\", resource);"
        )))
        .unwrap(),
    );
    let fault = editor("uz-stat", PUBLISH, &policies)
        .may_call()
        .unwrap_err();
    assert_eq!(fault.code(), tonic::Code::PermissionDenied);
    assert_eq!(fault.reason(), "POLICY_DENIED");
    assert!(
        format!("{fault:?}").contains("\"policy\": \"freeze\""),
        "{fault:?}"
    );
    for question in [
        editor("uz-stat", PUBLISH, &policies).may_edit(),
        editor("uz-stat", PUBLISH, &policies).speaks_for("UZ"),
    ] {
        assert_eq!(question.unwrap_err().reason(), "POLICY_DENIED");
    }
    let other = editor("uz-stat", PUBLISH, &policies)
        .speaks_for("KZ")
        .unwrap_err();
    assert_eq!(other.reason(), "PARTY_MISMATCH");
    assert!(
        format!("{other:?}").contains("\"policy\": \"freeze\""),
        "{other:?}"
    );
    assert!(editor("uz-customs", PUBLISH, &policies).may_call().is_ok());
    let create = "accord.trade.v1.ReleaseService/CreateRelease";
    assert!(editor("uz-stat", create, &policies).may_call().is_ok());
}

#[test]
fn a_decision_names_the_policies_that_made_it() {
    let query = Query {
        agency: "uz-stat",
        party: Some("UZ"),
        roles: &[Role::Editor],
        method: Some(PUBLISH),
        group: Group::GiveWord,
        object: Object::Of {
            parties: &["UZ"],
            level: None,
        },
    };
    let policies = Policies::shipped();
    let verdict = policies.decide(&query);
    assert!(verdict.allowed);
    assert_eq!(verdict.ids().as_deref(), Some("give-word-of-own-party"));
    assert!(verdict.deciding[0].file.ends_with("recording.cedar"));
    let reader = policies.decide(&Query {
        roles: &[Role::Reader],
        ..query
    });
    assert!(!reader.allowed);
    assert_eq!(reader.ids(), None);
}

#[test]
fn a_remembered_answer_is_the_computed_one() {
    let policies = Policies::shipped();
    for role in Role::ALL {
        for party in [None, Some("UZ"), Some("KZ")] {
            let query = Query {
                agency: "agency",
                party,
                roles: &[role],
                method: Some(GET_DOCUMENT),
                group: Group::Read,
                object: Object::Of {
                    parties: &["UZ"],
                    level: Some(identity::Level::Official),
                },
            };
            let first = policies.decide(&query);
            assert_eq!(first, policies.decide(&query));
            assert_eq!(*first, policies.evaluate(&query));
        }
    }
}

#[test]
fn a_method_of_the_other_kind_does_not_open_what_is_asked() {
    // Were the schema wrong about a method that writes, its handler would still be answered as one that asks to write.
    let policies = Policies::shipped();
    let reader = Caller::new("r", "r", Some("UZ".to_owned()), vec![Role::Reader])
        .calling(GET_DOCUMENT, Arc::clone(&policies));
    assert!(reader.may_call().is_ok());
    assert_eq!(reader.may_edit().unwrap_err().reason(), "ROLE_REQUIRED");
    assert_eq!(
        reader.may_administer().unwrap_err().reason(),
        "ROLE_REQUIRED"
    );
    assert_eq!(
        reader.speaks_for("UZ").unwrap_err().reason(),
        "ROLE_REQUIRED"
    );
}

#[test]
fn clearance_follows_the_policies() {
    let policies = Arc::new(
        Policies::of(&with(
            "@id(\"no-official-for-press\")\n\
             forbid (principal == Agency::\"uz-press\", action in Action::\"read\", resource)\n\
             when { resource has accessLevel && resource.accessLevel != AccessLevel::\"PUBLIC\" };",
        ))
        .unwrap(),
    );
    let clearance = |agency| editor(agency, GET_DOCUMENT, &policies).clearance();
    assert_eq!(clearance("uz-press"), Clearance::Public);
    assert!(matches!(clearance("uz-stat"), Clearance::Party { .. }));
}

fn write(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).unwrap();
}

#[test]
fn a_folder_takes_the_place_of_all_shipped_policies() {
    let folder = tempfile::tempdir().unwrap();
    let error = Policies::read(folder.path()).unwrap_err();
    assert!(
        error.to_string().contains("nothing would be allowed"),
        "{error}"
    );
    write(
        folder.path(),
        "all.cedar",
        "@id(\"readers\") permit (principal in Role::\"reader\", action in Action::\"read\", resource);",
    );
    write(folder.path(), "notes.txt", "permit (");
    let policies = Arc::new(Policies::read(folder.path()).unwrap());
    assert_eq!(policies.all().len(), 1);
    assert!(editor("uz-stat", PUBLISH, &policies).may_call().is_err());
    write(
        folder.path(),
        "a.cedarschema",
        &PolicyFiles::shipped().schema.text,
    );
    assert!(Policies::read(folder.path()).is_ok());
    write(
        folder.path(),
        "b.cedarschema",
        &PolicyFiles::shipped().schema.text,
    );
    assert!(Policies::read(folder.path()).is_err());
    let missing = Policies::read(&folder.path().join("none")).unwrap_err();
    assert!(missing.to_string().contains("none"), "{missing}");
}

#[test]
fn a_method_that_the_policies_do_not_know_is_called_by_whoever_may_read() {
    let unknown = "acme.stock.v1.Shelf/Get";
    let caller = |roles: &[Role]| {
        Caller::new("n", "n", None, roles.to_vec()).calling(unknown, Policies::shipped())
    };
    assert!(caller(&[Role::Reader]).may_call().is_ok());
    let nobody = caller(&[]).may_call().unwrap_err();
    assert_eq!(nobody.reason(), "ROLE_REQUIRED");
}
