"""The register as a program of another agency uses it: texts in pieces, search across scripts, a calendar for other programs.

Every document here is invented, of a partnership between XA and XB, which do not exist.
"""

import datetime
import hashlib
import pathlib
import subprocess
import time

import grpc
import pytest

from conftest import Process, binary, error_details, with_token

PARENT = "partnerships/xa-xb"
DOCUMENT = f"{PARENT}/documents/lanterns"
WORDS = "Чироқлар тўғрисидаги шартнома. Томонлар маяк чироқларини ёқадилар.\n"
CONTENT = (WORDS * 20_000).encode()
PIECE = 256 * 1024


@pytest.fixture(scope="module")
def office(contracts, tmp_path_factory):
    """`accord serve` on an empty directory, and a channel with the token of an editor of XA."""
    folder = tmp_path_factory.mktemp("register")
    process = Process(
        binary("accord"),
        "serve",
        "--data-dir",
        folder / "data",
        "--listen",
        "127.0.0.1:0",
        "--admin-listen",
        "127.0.0.1:0",
        "--output",
        "json",
    )
    token = folder / "xa.token"
    subprocess.run(
        [binary("accord"), "token", "issue", "--data-dir", process.ready["data_dir"], "--agency", "xa-archive"]
        + ["--party", "XA", "--role", "editor", "--out", str(token)],
        check=True,
    )
    with with_token(process.ready["listen"], pathlib.Path(token).read_text().strip()) as channel:
        register(channel)
        yield channel
    assert process.stop() == 0, "".join(process.log)


def register(channel):
    """Registers a partnership and an agreement for three years from 1 February 2026."""
    from accord.documents.v1 import (
        document_pb2,
        document_service_pb2,
        document_service_pb2_grpc,
        entry_into_force_pb2,
        localized_text_pb2,
        partnership_pb2,
        partnership_service_pb2,
        partnership_service_pb2_grpc,
    )
    from google.type import date_pb2

    def title(tag, text):
        return localized_text_pb2.LocalizedText(language_code=tag, text=text)

    partnership_service_pb2_grpc.PartnershipServiceStub(channel).CreatePartnership(
        partnership_service_pb2.CreatePartnershipRequest(
            partnership_id="xa-xb",
            partnership=partnership_pb2.Partnership(
                display_names=[title("en", "A test")], parties=["XA", "XB"]
            ),
        )
    )
    document_service_pb2_grpc.DocumentServiceStub(channel).CreateDocument(
        document_service_pb2.CreateDocumentRequest(
            parent=PARENT,
            document_id="lanterns",
            document=document_pb2.Document(
                titles=[title("en", "Agreement on lanterns"), title("uz-Cyrl", "Чироқлар тўғрисида битим")],
                type=document_pb2.DOCUMENT_TYPE_AGREEMENT,
                level=document_pb2.DOCUMENT_LEVEL_INTERGOVERNMENTAL,
                parties=["XA", "XB"],
                signature_date=date_pb2.Date(year=2026, month=1, day=15),
                entry_into_force=entry_into_force_pb2.EntryIntoForce(
                    on_date=entry_into_force_pb2.OnDate(date=date_pb2.Date(year=2026, month=2, day=1))
                ),
                duration=entry_into_force_pb2.DurationRule(fixed=entry_into_force_pb2.FixedTerm(months=36)),
            ),
        )
    )


@pytest.fixture(scope="module")
def texts(office):
    from accord.documents.v1 import text_service_pb2_grpc

    return text_service_pb2_grpc.TextServiceStub(office)


@pytest.fixture(scope="module")
def version(texts):
    """The text, uploaded in two streams with a break between them."""
    from accord.documents.v1 import text_pb2, text_service_pb2

    texts.CreateText(
        text_service_pb2.CreateTextRequest(parent=DOCUMENT, text=text_pb2.Text(language_code="uz-Cyrl", authentic=True))
    )
    upload = texts.CreateUpload(
        text_service_pb2.CreateUploadRequest(
            parent=DOCUMENT,
            upload_id="first",
            upload=text_pb2.Upload(
                text=f"{DOCUMENT}/texts/uz-cyrl",
                media_type="text/plain; charset=utf-8",
                size_bytes=len(CONTENT),
                sha256=hashlib.sha256(CONTENT).hexdigest(),
                party="XA",
            ),
        )
    )
    half = len(CONTENT) // 2
    texts.UploadText(pieces(upload.name, 0, half))
    with pytest.raises(grpc.RpcError) as caught:
        texts.CompleteUpload(text_service_pb2.CompleteUploadRequest(name=upload.name))
    assert error_details(caught.value)["ErrorInfo"].reason == "UPLOAD_INCOMPLETE"
    with pytest.raises(grpc.RpcError) as caught:
        texts.UploadText(pieces(upload.name, 0, half))
    assert caught.value.code() == grpc.StatusCode.OUT_OF_RANGE
    metadata = error_details(caught.value)["ErrorInfo"].metadata
    assert metadata["received_bytes"] == str(half)
    durable = texts.GetUpload(text_service_pb2.GetUploadRequest(name=upload.name)).received_bytes
    assert durable == half
    done = texts.UploadText(pieces(upload.name, durable, len(CONTENT)))
    assert done.received_bytes == len(CONTENT)
    return texts.CompleteUpload(text_service_pb2.CompleteUploadRequest(name=upload.name))


def pieces(name, start, end):
    """The messages that send the bytes from `start` to `end`."""
    from accord.documents.v1 import text_service_pb2

    yield text_service_pb2.UploadTextRequest(name=name, offset=start)
    for at in range(start, end, PIECE):
        yield text_service_pb2.UploadTextRequest(data=CONTENT[at : min(at + PIECE, end)])


def download(texts, name, offset=0, limit=0):
    from accord.documents.v1 import text_service_pb2

    request = text_service_pb2.DownloadTextRequest(name=name, read_offset=offset, read_limit=limit)
    header, data = None, b""
    for message in texts.DownloadText(request):
        if message.HasField("header"):
            header = message.header
        data += message.data
    return header, data


def test_a_text_comes_back_as_it_went(texts, version):
    header, data = download(texts, version.name)
    assert data == CONTENT
    assert header.sha256 == version.sha256 == hashlib.sha256(data).hexdigest()
    header, data = download(texts, version.name, offset=1000, limit=500)
    assert (header.read_offset, header.read_size) == (1000, 500)
    assert data == CONTENT[1000:1500]


def test_cyrillic_words_are_found_by_latin_ones(office, version):
    from accord.documents.v1 import document_service_pb2, document_service_pb2_grpc, search_pb2

    documents = document_service_pb2_grpc.DocumentServiceStub(office)

    def search(query, scope):
        request = document_service_pb2.SearchDocumentsRequest(parent=PARENT, query=query, scope=scope)
        return documents.SearchDocuments(request).results

    (titled,) = search("bitim", search_pb2.SEARCH_SCOPE_TITLES)
    assert titled.document.name == DOCUMENT
    # Words are taken from a text in the background.
    found, patience = [], time.monotonic() + 30
    while not found and time.monotonic() < patience:
        found = search("shartnoma chiroq", search_pb2.SEARCH_SCOPE_TEXTS)
        time.sleep(0.1)
    (result,) = found
    fragment = result.fragments[0]
    assert fragment.text_version == version.name
    marked = [fragment.content[part.start : part.end].lower() for part in fragment.highlights]
    assert any(word.startswith("шартнома") for word in marked), marked
    assert any(word.startswith("чироқ") for word in marked), marked


def test_the_calendar_is_read_by_another_program(office):
    import icalendar
    from accord.documents.v1 import document_service_pb2, document_service_pb2_grpc
    from google.type import date_pb2

    answer = document_service_pb2_grpc.DocumentServiceStub(office).GetCalendar(
        document_service_pb2.GetCalendarRequest(
            parent=PARENT,
            start_date=date_pb2.Date(year=2026, month=1, day=1),
            end_date=date_pb2.Date(year=2030, month=1, day=1),
            language_code="uz-Cyrl",
        )
    )
    assert answer.content_type.startswith("text/calendar")
    calendar = icalendar.Calendar.from_ical(answer.data)
    events = {event["DTSTART"].dt: event for event in calendar.walk("VEVENT")}
    assert set(events) == {datetime.date(2026, 2, 1), datetime.date(2029, 1, 31)}
    assert all("Чироқлар" in str(event["SUMMARY"]) for event in events.values())
    assert len({str(event["UID"]) for event in events.values()}) == 2
