//! The whole table: every method of every service, for every role, its own and another party, and every access level.

use std::collections::{BTreeMap, BTreeSet};

use identity::{Group, Level, Object, Policies, Query, Role};

/// What each method of the contracts does. Written down here and not read from the schema, so that each is checked by the other;
/// a method that is new fails the tests until somebody has decided what it does.
const METHODS: &str = "
accord.documents.v1.ActService
  read: GetAct ListActs
  giveWord: CreateAct BatchCreateActs RetractAct
accord.documents.v1.DocumentService
  read: GetDocument BatchGetDocuments ListDocuments ListRelations ListSectors SearchDocuments
    ListPendingProcedures ListCalendarEvents GetCalendar GetDocumentStatus BatchGetDocumentStatuses
  giveWord: CreateDocument BatchCreateDocuments UpdateDocument DeleteDocument UndeleteDocument
  administer: PurgeDocuments
accord.documents.v1.PartnershipService
  read: GetPartnership ListPartnerships
  giveWord: CreatePartnership UpdatePartnership
accord.documents.v1.TextService
  read: GetText ListTexts GetTextVersion ListTextVersions DownloadText
  edit: GetUpload UploadText CancelUpload
  giveWord: CreateText UpdateText CreateUpload CompleteUpload WithdrawTextVersion
accord.trade.v1.ClassificationService
  read: ListClassifications GetClassification GetClassificationItem ListClassificationItems
    SearchClassificationItems ListCorrespondences ConvertCommodities ConvertObservations
  administer: ImportClassification
accord.trade.v1.ReconciliationService
  read: ReconcileMirror ListMirrorCells GetMirrorExplanation ListMirrorExplanations
  giveWord: CreateMirrorExplanation AcceptMirrorExplanation DisputeMirrorExplanation WithdrawMirrorExplanation
accord.trade.v1.ReleaseService
  read: GetRelease ListReleases GetImport ListImportReports ListObservations
  giveWord: CreateRelease UpdateRelease ImportObservations CancelImport PublishRelease WithdrawRelease
accord.trade.v1.TargetService
  read: GetTarget ListTargets GetTargetProgress ForecastTarget
  giveWord: CreateTarget UpdateTarget SupersedeTarget
accord.trade.v1.TradeService
  read: QuerySeries QueryBreakdown ListComparativeAdvantages QueryComplementarity StreamObservations
    CompareReleases ExplainFigure
accord.roadmaps.v1.CalendarFeedService
  read: ListCalendarFeeds ReadCalendarFeed
  giveWord: CreateCalendarFeed RevokeCalendarFeed
accord.roadmaps.v1.IndicatorService
  read: ListIndicatorActuals GetIndicatorReports
  giveWord: RecordIndicatorActual
accord.roadmaps.v1.MeasureService
  read: GetMeasure ListMeasures ListDeadlines GetDeadlineCalendar ListMeasureStages ListMeasureEvents
  giveWord: CreateMeasure BatchCreateMeasures UpdateMeasure DeleteMeasure UndeleteMeasure StartMeasure
    ReportMeasure WithdrawMeasureReport ConfirmMeasure ReturnMeasure DisputeMeasure ProposeMeasureCancellation
    AcceptMeasureCancellation DeclineMeasureCancellation
accord.roadmaps.v1.PlanService
  read: GetBaseline ListBaselines ListBaselineMeasures GetRebaseline ListRebaselines GetRoadmapVariance
    ListMeasureLife
  giveWord: ProposeRebaseline CarryOverMeasures AcceptRebaseline DeclineRebaseline WithdrawRebaseline
accord.roadmaps.v1.RoadmapService
  read: GetRoadmap ListRoadmaps GetRoadmapProgress GetRoadmapBurnup GetRoadmapStages GetRoadmapForecast
    BatchGetRoadmapProgress GetSchedule QueryWorkingDays
  giveWord: CreateRoadmap UpdateRoadmap DeleteRoadmap UndeleteRoadmap AdoptRoadmap CloseRoadmap
accord.ledger.v1.LedgerService
  read: ListEntries WatchChanges
accord.overview.v1.OverviewService
  read: GetOverview
";

/// Every method and what it does.
pub(crate) fn methods() -> impl Iterator<Item = (String, Group)> {
    let (mut service, mut group) = ("", Group::Read);
    METHODS.split_whitespace().filter_map(move |word| {
        if word.contains('.') {
            service = word;
            return None;
        }
        let Some(name) = word.strip_suffix(':') else {
            return Some((format!("{service}/{word}"), group));
        };
        let known = Group::ALL.into_iter().find(|group| group.as_str() == name);
        group = known.unwrap_or_else(|| panic!("{name} is no group"));
        None
    })
}

/// Whether a role may call a method that does this.
fn calls(role: Role, group: Group) -> bool {
    match group {
        Group::Read => true,
        Group::Edit | Group::GiveWord => role == Role::Editor,
        Group::Administer => role == Role::Operator,
    }
}

/// Whether a role reads what belongs to its own or another party.
fn reads(role: Role, is_own: bool, level: Level) -> bool {
    match (role, level) {
        (_, Level::Public) | (Role::Operator, _) => true,
        (Role::Reader | Role::Editor, Level::Official) | (Role::Editor, Level::Restricted) => {
            is_own
        }
        (Role::Reader, Level::Restricted) => false,
    }
}

/// The party of a role's agency: an operator has none.
fn party_of(role: Role) -> Option<&'static str> {
    (role != Role::Operator).then_some("UZ")
}

fn allows(role: Role, method: &str, group: Group, object: Object<'_>) -> bool {
    let query = Query {
        agency: "agency",
        party: party_of(role),
        roles: &[role],
        method: Some(method),
        group,
        object,
    };
    Policies::shipped().decide(&query).allowed
}

#[test]
fn every_method_of_the_contracts_is_decided_on_as_what_it_does() {
    let contracts: BTreeSet<String> = identity::contracts().collect();
    let expected: BTreeMap<String, Group> = methods().collect();
    let named: BTreeSet<String> = expected.keys().cloned().collect();
    assert_eq!(named, contracts);
    let policies = Policies::shipped();
    let known: BTreeMap<String, Group> = policies
        .methods()
        .into_iter()
        .map(|(name, group)| (name.to_owned(), group))
        .collect();
    assert_eq!(known, expected);
}

#[test]
fn every_method_is_called_by_the_roles_that_may() {
    for (method, group) in methods() {
        let whole = if group == Group::GiveWord {
            Group::Edit
        } else {
            group
        };
        for role in Role::ALL {
            assert_eq!(
                allows(role, &method, whole, Object::Whole),
                calls(role, group),
                "{method} {role}"
            );
        }
    }
}

#[test]
fn every_record_is_read_and_every_word_given_by_those_who_may() {
    for (method, group) in methods() {
        for role in Role::ALL {
            for party in ["UZ", "KZ"] {
                let is_own = party_of(role) == Some(party);
                for level in Level::ALL {
                    let object = Object::Of {
                        parties: &[party],
                        level: Some(level),
                    };
                    assert_eq!(
                        allows(role, &method, Group::Read, object),
                        reads(role, is_own, level),
                        "{method} {role} {party} {level:?}"
                    );
                    // Whoever gives a word gives it at any level; nothing else is allowed on a record.
                    assert_eq!(
                        allows(role, &method, Group::GiveWord, object),
                        role == Role::Editor && is_own,
                        "{method} {role} {party} {level:?}"
                    );
                    assert!(
                        !allows(role, &method, Group::Administer, object),
                        "{method} {role}"
                    );
                    if group != Group::GiveWord {
                        assert!(
                            !allows(role, &method, Group::Edit, object),
                            "{method} {role}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn nobody_without_a_role_may_do_anything() {
    for (method, _) in methods() {
        for group in Group::ALL {
            let record = Object::Of {
                parties: &["UZ"],
                level: Some(Level::Public),
            };
            for object in [Object::Whole, record] {
                let query = Query {
                    agency: "agency",
                    party: Some("UZ"),
                    roles: &[],
                    method: Some(&method),
                    group,
                    object,
                };
                let verdict = Policies::shipped().decide(&query);
                assert!(!verdict.allowed && verdict.deciding.is_empty(), "{query:?}");
            }
        }
    }
}

/// The table of the README, made of what the policies answer.
fn readme_table() -> String {
    let cell = |role: Role, group: Group, level: Option<Level>, of_parties: bool| {
        let asks = |parties: &[&str]| {
            let object = if of_parties {
                Object::Of { parties, level }
            } else {
                Object::Whole
            };
            allows(role, "", group, object)
        };
        match (asks(&["UZ"]), asks(&["KZ"])) {
            (_, true) => "yes",
            (true, false) => "own party's",
            (false, false) => "–",
        }
    };
    let count = |wanted: &[Group]| {
        methods()
            .filter(|(_, group)| wanted.contains(group))
            .count()
    };
    let rows = [
        (
            format!("call the {} methods that read", count(&[Group::Read])),
            (Group::Read, None, false),
        ),
        (
            "read what is public".to_owned(),
            (Group::Read, Some(Level::Public), true),
        ),
        (
            "read what is official".to_owned(),
            (Group::Read, Some(Level::Official), true),
        ),
        (
            "read what is restricted".to_owned(),
            (Group::Read, Some(Level::Restricted), true),
        ),
        (
            format!(
                "call the {} methods that record",
                count(&[Group::Edit, Group::GiveWord])
            ),
            (Group::Edit, None, false),
        ),
        (
            format!(
                "give a party's word, by {} of them",
                count(&[Group::GiveWord])
            ),
            (Group::GiveWord, None, true),
        ),
        (
            format!(
                "call the {} methods that administer",
                count(&[Group::Administer])
            ),
            (Group::Administer, None, false),
        ),
    ];
    let mut table = "| may | `reader` | `editor` | `operator` |\n|---|---|---|---|\n".to_owned();
    for (what, (group, level, of_parties)) in rows {
        let cells = Role::ALL.map(|role| cell(role, group, level, of_parties));
        table.push_str(&format!("| {what} | {} |\n", cells.join(" | ")));
    }
    table
}

#[test]
fn the_readme_shows_the_table_that_the_policies_make() {
    let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let table = readme_table();
    assert!(
        readme.contains(&table),
        "the README lacks this table:\n{table}"
    );
}
