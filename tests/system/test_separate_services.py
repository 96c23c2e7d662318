"""One process per service on PostgreSQL, as on Kubernetes: the same sample, loaded through the gateway, gives the same answers."""

import os
import pathlib
import subprocess
import urllib.parse
import uuid

import grpc
import pytest

from conftest import ROOT, Process, binary, with_token

SERVICES = ("documents", "trade", "roadmaps")


@pytest.fixture(scope="module")
def database():
    """A database of its own on the throw-away server, dropped afterwards."""
    import pg8000.native

    url = os.environ.get("ACCORD_TEST_POSTGRES_URL")
    assert url, "ACCORD_TEST_POSTGRES_URL is not set: run tests/run, which starts a throw-away server"
    parts = urllib.parse.urlsplit(url)
    name = f"accord_{uuid.uuid4().hex}"

    def administer(statement):
        connection = pg8000.native.Connection(
            parts.username, host=parts.hostname, port=parts.port, password=parts.password, database=parts.path[1:]
        )
        try:
            connection.run(statement)
        finally:
            connection.close()

    administer(f"CREATE DATABASE {name}")
    yield urllib.parse.urlunsplit(parts._replace(path=f"/{name}"))
    administer(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """A signing key, its settings for the services, and a token file for each side and a reader."""
    folder = tmp_path_factory.mktemp("keys")

    def accord(*arguments):
        return subprocess.run(
            [binary("accord"), *arguments], check=True, capture_output=True, text=True, timeout=60
        ).stdout

    settings = dict(
        line.split("=", 1)
        for line in accord("token", "key", "--data-dir", str(folder)).splitlines()
        if line.startswith("ACCORD_")
    )
    tokens = {}
    for name, arguments in {
        "UZ": ("--agency", "uz-registry", "--party", "UZ", "--role", "editor"),
        "KZ": ("--agency", "kz-registry", "--party", "KZ", "--role", "editor"),
        "reader": ("--agency", "uz-library", "--party", "UZ", "--role", "reader"),
    }.items():
        tokens[name] = folder / f"{name}.token"
        tokens[name].write_text(accord("token", "issue", "--data-dir", str(folder), *arguments))
        tokens[name].chmod(0o600)
    return settings, tokens


@pytest.fixture(scope="module")
def services(database, keys):
    """The four programs, configured by variables alone."""
    settings, _ = keys
    local = {"ACCORD_LISTEN": "127.0.0.1:0", "ACCORD_ADMIN_LISTEN": "127.0.0.1:0", "ACCORD_OUTPUT": "json"}
    running = {}
    try:
        def start(service, **more):
            env = {**settings, **local, "ACCORD_DATABASE_URL": database, **more}
            running[service] = Process(binary(f"accord-{service}"), env=env)

        start("trade")
        start("roadmaps")
        # The sample's documents refer to its roadmaps.
        peers = ",".join(f"{name}=http://{running[name].ready['listen']}" for name in ("trade", "roadmaps"))
        start("documents", ACCORD_PEER=peers)
        upstreams = ",".join(f"{name}=http://{running[name].ready['listen']}" for name in SERVICES)
        running["gateway"] = Process(
            binary("accord-gateway"), env={**settings, **local, "ACCORD_UPSTREAM": upstreams}
        )
        yield running
    finally:
        codes = {name: process.stop() for name, process in running.items()}
    assert set(codes.values()) == {0}, codes


@pytest.fixture(scope="module")
def loaded(services, keys):
    """The sample, loaded with a token of each side."""
    _, tokens = keys
    sample = ROOT / "services" / "accord" / "sample" / "uz-kz"
    command = [
        binary("accord"), "apply", str(sample),
        "--address", f"http://{services['gateway'].ready['listen']}",
        "--token", f"UZ={tokens['UZ']}", "--token", f"KZ={tokens['KZ']}",
    ]
    for _ in range(2):  # the second time finds everything there
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
    return services


@pytest.fixture
def channel(contracts, loaded, keys):
    _, tokens = keys
    with with_token(loaded["gateway"].ready["listen"], pathlib.Path(tokens["reader"]).read_text().strip()) as opened:
        yield opened


def overview(channel):
    from accord.overview.v1 import overview_service_pb2, overview_service_pb2_grpc

    return overview_service_pb2_grpc.OverviewServiceStub(channel).GetOverview(
        overview_service_pb2.GetOverviewRequest(name="partnerships/uz-kz/overview"), timeout=30
    )


def test_the_sample_gives_the_same_answers_on_postgresql(channel):
    from accord.trade.v1 import series_pb2, trade_service_pb2, trade_service_pb2_grpc

    stub = trade_service_pb2_grpc.TradeServiceStub(channel)
    expected = {("AS_REPORTED_BY", "UZ"): 4651.1, ("AS_REPORTED_BY", "KZ"): 4921.9, ("EXPORTS_OF_BOTH", ""): 5043.4, ("IMPORTS_OF_BOTH", ""): 4529.6}
    for (method, reporter), millions in expected.items():
        (point,) = stub.QuerySeries(
            trade_service_pb2.QuerySeriesRequest(
                parent="partnerships/uz-kz",
                granularity=series_pb2.GRANULARITY_YEAR,
                turnover_method=getattr(series_pb2, f"TURNOVER_METHOD_{method}"),
                reporter=reporter,
                start_year=2022,
                end_year=2022,
            )
        ).points
        assert round(point.value_cents / 100_000_000, 1) == millions
    assert not overview(channel).missing_parts


def test_a_reader_cannot_write(channel):
    from accord.documents.v1 import document_service_pb2, document_service_pb2_grpc

    with pytest.raises(grpc.RpcError) as caught:
        document_service_pb2_grpc.DocumentServiceStub(channel).DeleteDocument(
            document_service_pb2.DeleteDocumentRequest(name="partnerships/uz-kz/documents/outer-space")
        )
    assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED


def test_the_change_log_of_each_service_is_reached_through_the_gateway(channel):
    from accord.ledger.v1 import ledger_service_pb2, ledger_service_pb2_grpc

    stub = ledger_service_pb2_grpc.LedgerServiceStub(channel)
    for service in SERVICES:
        entries = stub.ListEntries(
            ledger_service_pb2.ListEntriesRequest(parent=f"logs/{service}", page_size=1000)
        ).entries
        assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
        assert all(len(entry.leaf_hash) == 32 for entry in entries)


def test_overview_answers_without_a_service_that_is_down(channel, loaded):
    assert loaded["roadmaps"].stop() == 0
    partial = overview(channel)
    assert {part.service for part in partial.missing_parts} == {"roadmaps"}
    assert partial.HasField("documents") and partial.HasField("trade") and not partial.HasField("roadmaps")
