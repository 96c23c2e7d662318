"""Exports of the sample, read by programs that know nothing of Accord, and the stream behind them."""

import csv
import hashlib
import json
import pathlib
import subprocess

import pyarrow
import pyarrow.ipc
import pyarrow.parquet
import pytest

from conftest import binary

PARENT = "partnerships/uz-kz"


@pytest.fixture(scope="module")
def figures(channel):
    """Every figure that stands, as a client in another language takes them: message after message, to the last one."""
    from accord.trade.v1 import trade_service_pb2, trade_service_pb2_grpc

    trade = trade_service_pb2_grpc.TradeServiceStub(channel)
    request = trade_service_pb2.StreamObservationsRequest(parent=PARENT)
    found, complete = [], False
    for message in trade.StreamObservations(request):
        found.extend((message.release, figure) for figure in message.observations)
        complete = message.complete
    assert complete and found
    return found


@pytest.fixture
def export(demo, tmp_path):
    """Exports to a file, checks what was told of it, and returns its path."""

    def run(name, *options):
        path = tmp_path / name
        told = subprocess.run(
            [binary("accord"), "trade", "export", "--out", path, *options, "-o", "json"]
            + ["--address", f"http://{demo.ready['listen']}", "--token-file", demo.ready["token_file"]],
            check=True,
            capture_output=True,
            timeout=120,
        ).stdout
        told = json.loads(told)
        written = pathlib.Path(path).read_bytes()
        assert told["sha256"] == hashlib.sha256(written).hexdigest()
        assert told["bytes"] == len(written)
        return path, told["figures"]

    return run


def values(figures):
    return [figure.value_cents if figure.HasField("value_cents") else None for _, figure in figures]


@pytest.mark.parametrize("name", ["figures.parquet", "figures.arrow"])
def test_columns_have_every_figure_with_its_type(export, figures, name):
    path, count = export(name)
    if name.endswith("parquet"):
        table = pyarrow.parquet.read_table(path)
        (codec,) = {
            pyarrow.parquet.ParquetFile(path).metadata.row_group(0).column(column).compression
            for column in range(table.num_columns)
        }
        assert codec == "SNAPPY"
    else:
        with pyarrow.OSFile(str(path)) as source:
            table = pyarrow.ipc.open_stream(source).read_all()
    assert table.num_rows == count == len(figures)
    assert table["value_cents"].to_pylist() == values(figures)
    assert table["release"].to_pylist() == [release for release, _ in figures]
    assert table["reporter"].to_pylist() == [figure.reporter for _, figure in figures]
    assert table["as_published"].to_pylist() == [figure.precision.as_published or None for _, figure in figures]
    for field, kind in {
        "value_cents": pyarrow.int64(),
        "value_usd": pyarrow.decimal128(18, 2),
        "period_start": pyarrow.date32(),
        "publish_time": pyarrow.timestamp("us", tz="UTC"),
        "flow": pyarrow.string(),
    }.items():
        assert table.schema.field(field).type == kind
    dollars = [None if value is None else int(value.scaleb(2)) for value in table["value_usd"].to_pylist()]
    assert dollars == values(figures)
    assert table.schema.metadata[b"accord.partnership"] == PARENT.encode()


def test_sdmx_forms_say_the_same(export, figures):
    path, count = export("figures.sdmx", "--format", "sdmx-csv")
    with open(path, newline="", encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    assert len(rows) == count == len(figures)
    keys = ("FREQ", "REF_AREA", "COUNTERPART_AREA", "REGION", "TRADE_FLOW", "CLASSIFICATION", "COMMODITY", "TIME_PERIOD")
    by_key = {tuple(row[key] for key in keys): row for row in rows}
    assert len(by_key) == len(rows), "every observation has a key of its own"
    assert {row["STRUCTURE_ID"] for row in rows} == {"ACCORD:TRADE(1.0.0)"}

    path, _ = export("figures.json")
    message = json.loads(path.read_text(encoding="utf-8"), parse_float=str, parse_int=str)
    (structure,) = message["data"]["structures"]
    dimensions = structure["dimensions"]["observation"]
    assert [dimension["id"] for dimension in dimensions] == list(keys)
    observations = message["data"]["dataSets"][0]["observations"]
    assert len(observations) == count
    for places, observation in observations.items():
        chosen = [dimension["values"][int(place)] for dimension, place in zip(dimensions, places.split(":"))]
        row = by_key[tuple(value.get("id", value.get("value")) for value in chosen)]
        assert (observation[0] or "") == row["OBS_VALUE"]
