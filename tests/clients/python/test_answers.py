"""The answers that Accord gives on its sample, asked by a client in another language through the public port."""

import datetime

import grpc
import pytest

from conftest import error_details

PARENT = "partnerships/uz-kz"


@pytest.fixture
def documents(channel):
    from accord.documents.v1 import document_service_pb2_grpc

    return document_service_pb2_grpc.DocumentServiceStub(channel)


@pytest.fixture
def trade(channel):
    from accord.trade.v1 import trade_service_pb2_grpc

    return trade_service_pb2_grpc.TradeServiceStub(channel)


def date(text):
    from google.type import date_pb2

    year, month, day = map(int, text.split("-"))
    return date_pb2.Date(year=year, month=month, day=day)


def instant(text):
    from google.protobuf import timestamp_pb2

    stamp = timestamp_pb2.Timestamp()
    stamp.FromDatetime(datetime.datetime.fromisoformat(text))
    return stamp


def turnover(trade, method, year=2022, reporter="", known=None):
    """Returns the turnover of one year in millions of dollars, with one decimal."""
    from accord.trade.v1 import series_pb2, trade_service_pb2

    request = trade_service_pb2.QuerySeriesRequest(
        parent=PARENT,
        granularity=series_pb2.GRANULARITY_YEAR,
        turnover_method=getattr(series_pb2, f"TURNOVER_METHOD_{method}"),
        reporter=reporter,
        start_year=year,
        end_year=year,
    )
    if known:
        request.known_time.CopyFrom(instant(known))
    (point,) = trade.QuerySeries(request).points
    assert point.releases, "every figure names the releases it came from"
    return round(point.value_cents / 100_000_000, 1)


def test_pages_hold_the_same_documents_as_one_list(documents):
    from accord.documents.v1 import document_service_pb2

    whole = documents.ListDocuments(document_service_pb2.ListDocumentsRequest(parent=PARENT, page_size=1000))
    assert len(whole.documents) == 21 and not whole.next_page_token
    for size in (1, 5, 16):
        names, token = [], ""
        while True:
            page = documents.ListDocuments(
                document_service_pb2.ListDocumentsRequest(parent=PARENT, page_size=size, page_token=token)
            )
            names += [document.name for document in page.documents]
            token = page.next_page_token
            if not token:
                break
        assert names == [document.name for document in whole.documents]


def test_the_register_says_17_of_22(channel):
    from accord.documents.v1 import partnership_service_pb2, partnership_service_pb2_grpc

    partnership = partnership_service_pb2_grpc.PartnershipServiceStub(channel).GetPartnership(
        partnership_service_pb2.GetPartnershipRequest(name=PARENT)
    )
    assert (partnership.registered_document_count, partnership.declared_document_count) == (17, 22)


@pytest.mark.parametrize(
    "day, kazakhstan", [("2023-01-01", "NOT_KNOWN"), ("2024-01-01", "COMPLETED")]
)
def test_customs_energy_agreement_waits_for_a_clause_nobody_has_read(documents, day, kazakhstan):
    from accord.documents.v1 import document_service_pb2, document_status_pb2 as status

    answer = documents.GetDocumentStatus(
        document_service_pb2.GetDocumentStatusRequest(
            name=f"{PARENT}/documents/customs-energy", effective_date=date(day)
        )
    )
    assert answer.state == status.DOCUMENT_STATE_SIGNED_ENTRY_UNKNOWN
    assert not answer.HasField("entry_into_force_date")
    procedures = {party.party: party.domestic_procedure for party in answer.parties}
    assert procedures["UZ"] == status.DOMESTIC_PROCEDURE_STATE_COMPLETED
    assert procedures["KZ"] == getattr(status, f"DOMESTIC_PROCEDURE_STATE_{kazakhstan}")
    references = {act.reference for act in answer.acts}
    assert "PP-236" in references and ("Law 35-VIII" in references) == (kazakhstan == "COMPLETED")
    assert all(act.source.uri for act in answer.acts)


def test_turnover_of_2022_depends_on_the_method(trade):
    assert turnover(trade, "AS_REPORTED_BY", reporter="UZ") == 4651.1
    assert turnover(trade, "AS_REPORTED_BY", reporter="KZ") == 4921.9
    assert turnover(trade, "AS_REPORTED_BY", reporter="KZ", known="2024-01-01T00:00:00+00:00") == 5000.0
    assert turnover(trade, "EXPORTS_OF_BOTH") == 5043.4
    assert turnover(trade, "IMPORTS_OF_BOTH") == 4529.6


def test_turnover_without_a_method_lists_the_methods(trade):
    with pytest.raises(grpc.RpcError) as caught:
        turnover(trade, "UNSPECIFIED")
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    details = error_details(caught.value)
    assert details["ErrorInfo"].reason == "TURNOVER_METHOD_REQUIRED"
    assert details["ErrorInfo"].domain == "accord.trade.v1"
    for method in ("AS_REPORTED_BY", "EXPORTS_OF_BOTH", "IMPORTS_OF_BOTH"):
        assert method in details["ErrorInfo"].metadata["methods"]
    assert details["BadRequest"].field_violations[0].field == "turnover_method"


def test_target_of_10_billion(channel):
    from accord.trade.v1 import target_service_pb2, target_service_pb2_grpc

    progress = target_service_pb2_grpc.TargetServiceStub(channel).GetTargetProgress(
        target_service_pb2.GetTargetProgressRequest(name=f"{PARENT}/targets/turnover-10bn-2030", measured_year=2025)
    )
    assert round(progress.attained_share_ppm / 10_000, 1) == 49.7
    assert round(progress.required_growth_ppm / 10_000, 1) == 15.0
    assert round(progress.growth_so_far_ppm / 10_000, 1) == 6.1


def test_roadmap_is_named_as_on_its_signing_day_and_found_by_todays_code(channel):
    from accord.roadmaps.v1 import roadmap_service_pb2, roadmap_service_pb2_grpc

    stub = roadmap_service_pb2_grpc.RoadmapServiceStub(channel)
    for code in ("KZ-71", "KZ-AST"):
        (roadmap,) = stub.ListRoadmaps(
            roadmap_service_pb2.ListRoadmapsRequest(parent=PARENT, filter=f'region_codes:"{code}"')
        ).roadmaps
        capital = roadmap.sides[1]
        assert roadmap.name == f"{PARENT}/roadmaps/tashkent-nur-sultan"
        assert (capital.region_code, capital.listed_region_name) == ("KZ-AST", "Nur-Sultan")
        assert (capital.current_region_code, capital.current_region_name) == ("KZ-71", "Astana")


def test_bad_request_names_every_violation(documents):
    from accord.documents.v1 import document_service_pb2

    with pytest.raises(grpc.RpcError) as caught:
        documents.ListDocuments(
            document_service_pb2.ListDocumentsRequest(
                parent=PARENT, page_size=-1, filter="colour = 1", order_by="colour"
            )
        )
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    details = error_details(caught.value)
    assert {violation.field for violation in details["BadRequest"].field_violations} == {
        "page_size",
        "filter",
        "order_by",
    }
    assert all(violation.reason for violation in details["BadRequest"].field_violations)


def test_unknown_document_and_missing_token_have_their_own_reasons(documents, demo):
    from accord.documents.v1 import document_service_pb2, document_service_pb2_grpc

    missing = document_service_pb2.GetDocumentRequest(name=f"{PARENT}/documents/nothing")
    with pytest.raises(grpc.RpcError) as caught:
        documents.GetDocument(missing)
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND
    assert error_details(caught.value)["ErrorInfo"].reason == "RESOURCE_NOT_FOUND"
    with grpc.insecure_channel(demo.ready["listen"]) as anonymous:
        with pytest.raises(grpc.RpcError) as caught:
            document_service_pb2_grpc.DocumentServiceStub(anonymous).GetDocument(missing)
    assert caught.value.code() == grpc.StatusCode.UNAUTHENTICATED
    assert error_details(caught.value)["ErrorInfo"].reason == "TOKEN_MISSING"


def test_overview_answers_for_all_three_services(channel):
    from accord.overview.v1 import overview_service_pb2, overview_service_pb2_grpc

    overview = overview_service_pb2_grpc.OverviewServiceStub(channel).GetOverview(
        overview_service_pb2.GetOverviewRequest(name=f"{PARENT}/overview")
    )
    assert not overview.missing_parts
    for part in ("documents", "trade", "roadmaps", "deadlines"):
        assert overview.HasField(part)
