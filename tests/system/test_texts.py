"""Texts through the real program: on an S3-compatible server, and on a folder with the program killed in the middle."""

import hashlib
import re
import socket
import subprocess
import sys
import time
import urllib.request

import grpc
import pytest

from conftest import Process, binary, error_details, with_token

BUCKET = "accord-texts"
DOCUMENT = "partnerships/uz-kz/documents/customs"
TEXT = f"{DOCUMENT}/texts/ru"
# Larger than the pieces in which S3 takes a file.
FILE = bytes((i * 7 + i // 251) % 256 for i in range(9_000_000))


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture(scope="module")
def s3(tmp_path_factory):
    """An S3-compatible server with a bucket; the settings that reach it."""
    port = free_port()
    log = (tmp_path_factory.mktemp("s3") / "log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stdout=log, stderr=log
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(urllib.request.Request(f"{address}/{BUCKET}", method="PUT"), timeout=5)
                break
            except OSError:
                assert server.poll() is None, "the S3 server ended"
                time.sleep(0.1)
        yield {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": address,
            "AWS_ALLOW_HTTP": "true",
        }
    finally:
        server.terminate()
        server.wait(timeout=30)


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """The settings that accept a key's tokens, and a token of an editor of Uzbekistan."""
    folder = tmp_path_factory.mktemp("keys")

    def accord(*arguments):
        return subprocess.run([binary("accord"), *arguments], check=True, capture_output=True, text=True, timeout=60).stdout

    settings = dict(
        line.split("=", 1) for line in accord("token", "key", "--data-dir", str(folder)).splitlines() if line.startswith("ACCORD_")
    )
    arguments = ("--agency", "uz-registry", "--party", "UZ", "--role", "editor")
    return settings, accord("token", "issue", "--data-dir", str(folder), *arguments).strip()


class Service:
    """A running `accord-documents`, and an editor's calls of it."""

    def __init__(self, keys, database, env):
        settings, self.token = keys
        local = {"ACCORD_LISTEN": "127.0.0.1:0", "ACCORD_ADMIN_LISTEN": "127.0.0.1:0", "ACCORD_OUTPUT": "json"}
        url = {"ACCORD_DATABASE_URL": f"sqlite://{database}"}
        self.process = Process(binary("accord-documents"), env={**settings, **local, **url, **env})
        from accord.documents.v1 import text_service_pb2_grpc

        self.channel = with_token(self.process.ready["listen"], self.token)
        self.texts = text_service_pb2_grpc.TextServiceStub(self.channel)

    def prepare(self):
        """Registers the partnership, the document and the text."""
        from accord.documents.v1 import (
            document_pb2, document_service_pb2, document_service_pb2_grpc, localized_text_pb2, partnership_pb2,
            partnership_service_pb2, partnership_service_pb2_grpc, source_pb2, text_pb2, text_service_pb2,
        )

        title = [localized_text_pb2.LocalizedText(language_code="en", text="Customs")]
        partnership = partnership_pb2.Partnership(
            display_names=title,
            parties=["UZ", "KZ"],
            declared_document_count=1,
            declared_document_count_source=source_pb2.Source(uri="https://lex.uz/docs/6001150"),
        )
        partnership_service_pb2_grpc.PartnershipServiceStub(self.channel).CreatePartnership(
            partnership_service_pb2.CreatePartnershipRequest(partnership_id="uz-kz", partnership=partnership), timeout=30
        )
        document = document_pb2.Document(
            titles=title,
            type=document_pb2.DOCUMENT_TYPE_AGREEMENT,
            level=document_pb2.DOCUMENT_LEVEL_INTERGOVERNMENTAL,
            parties=["UZ", "KZ"],
        )
        document_service_pb2_grpc.DocumentServiceStub(self.channel).CreateDocument(
            document_service_pb2.CreateDocumentRequest(parent="partnerships/uz-kz", document_id="customs", document=document), timeout=30
        )
        text = text_pb2.Text(language_code="ru")
        self.texts.CreateText(text_service_pb2.CreateTextRequest(parent=DOCUMENT, text=text), timeout=30)

    def announce(self, id, content):
        from accord.documents.v1 import text_pb2, text_service_pb2

        upload = text_pb2.Upload(
            text=TEXT, media_type="application/pdf", size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest()
        )
        return self.texts.CreateUpload(
            text_service_pb2.CreateUploadRequest(parent=DOCUMENT, upload_id=id, upload=upload), timeout=30
        ).name

    def send(self, name, content, offset=0, then=lambda: None):
        from accord.documents.v1 import text_pb2, text_service_pb2

        def messages():
            yield text_service_pb2.UploadTextRequest(name=name, offset=offset)
            for at in range(offset, len(content), 1_000_000):
                yield text_service_pb2.UploadTextRequest(data=content[at : at + 1_000_000])
            then()

        # `with_token` signs unary requests only.
        with grpc.insecure_channel(self.process.ready["listen"]) as channel:
            call = channel.stream_unary(
                "/accord.documents.v1.TextService/UploadText",
                request_serializer=text_service_pb2.UploadTextRequest.SerializeToString,
                response_deserializer=text_pb2.Upload.FromString,
            )
            return call(messages(), metadata=[("authorization", f"Bearer {self.token}")], timeout=120)

    def received(self, name):
        from accord.documents.v1 import text_service_pb2

        return self.texts.GetUpload(text_service_pb2.GetUploadRequest(name=name), timeout=30).received_bytes

    def complete(self, name):
        from accord.documents.v1 import text_service_pb2

        return self.texts.CompleteUpload(text_service_pb2.CompleteUploadRequest(name=name), timeout=120)

    def download(self, name, **part):
        from accord.documents.v1 import text_service_pb2

        answers = self.texts.DownloadText(text_service_pb2.DownloadTextRequest(name=name, **part), timeout=120)
        return b"".join(answer.data for answer in answers)


def s3_request(s3, method, path, data=None):
    headers = {"Content-Type": "application/octet-stream"} if data is not None else {}
    request = urllib.request.Request(f"{s3['AWS_ENDPOINT_URL']}/{BUCKET}{path}", method=method, data=data, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read().decode(errors="replace")


def stored_keys(s3):
    return re.findall(r"<Key>([^<]+)</Key>", s3_request(s3, "GET", "?list-type=2"))


def reason(error):
    return error.code(), error_details(error)["ErrorInfo"].reason


def test_texts_are_kept_on_s3(contracts, keys, s3, tmp_path):
    service = Service(keys, tmp_path / "documents.db", {**s3, "ACCORD_TEXTS_URL": f"s3://{BUCKET}/register"})
    try:
        service.prepare()
        name = service.announce("one", FILE)
        service.send(name, FILE[:3_000_000])
        assert service.received(name) == 3_000_000
        service.send(name, FILE, offset=3_000_000)
        version = service.complete(name)
        assert service.download(version.name) == FILE
        assert service.download(version.name, read_offset=1_048_570, read_limit=100) == FILE[1_048_570:1_048_670]
        (key,) = stored_keys(s3)
        assert key.startswith("register/") and version.sha256 in key, "the pieces are gone, the file is there by its hash"
        assert not (tmp_path / "texts").exists()

        wrong = service.announce("two", FILE[:-1])
        service.send(wrong, FILE[1:])
        with pytest.raises(grpc.RpcError) as refused:
            service.complete(wrong)
        assert reason(refused.value) == (grpc.StatusCode.FAILED_PRECONDITION, "SHA256_MISMATCH")
        assert stored_keys(s3) == [key]

        s3_request(s3, "PUT", f"/{key}", data=FILE[:5_000_000] + b"x" + FILE[5_000_001:])
        with pytest.raises(grpc.RpcError) as lost:
            service.download(version.name, read_offset=5_000_000, read_limit=1)
        assert reason(lost.value) == (grpc.StatusCode.DATA_LOSS, "TEXT_CORRUPT")
        again = service.announce("three", FILE)
        service.send(again, FILE)
        assert service.complete(again).sha256 == version.sha256
        assert service.download(version.name) == FILE, "given again, it is whole for the first version too"
    finally:
        assert service.process.stop() == 0, "".join(service.process.log)


def test_a_store_that_does_not_answer_is_unavailable_and_the_service_starts(contracts, keys, s3, tmp_path):
    nobody = {**s3, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port()}", "ACCORD_TEXTS_URL": f"s3://{BUCKET}/x"}
    service = Service(keys, tmp_path / "documents.db", nobody)
    try:
        service.prepare()
        name = service.announce("one", FILE)
        with pytest.raises(grpc.RpcError) as away:
            service.send(name, FILE[:1000])
        assert reason(away.value) == (grpc.StatusCode.UNAVAILABLE, "TEXT_STORE_UNAVAILABLE")
        assert service.received(name) == 0
    finally:
        service.process.stop()


def test_http_to_s3_needs_the_express_wish(contracts, keys, s3, tmp_path):
    secure = {**{k: v for k, v in s3.items() if k != "AWS_ALLOW_HTTP"}, "ACCORD_TEXTS_URL": f"s3://{BUCKET}/y"}
    service = Service(keys, tmp_path / "documents.db", secure)
    try:
        service.prepare()
        name = service.announce("one", b"x")
        with pytest.raises(grpc.RpcError) as refused:
            service.send(name, b"x")
        assert reason(refused.value) == (grpc.StatusCode.UNAVAILABLE, "TEXT_STORE_UNAVAILABLE")
    finally:
        service.process.stop()


def test_what_was_received_outlives_a_kill(contracts, keys, tmp_path):
    database = tmp_path / "documents.db"
    service = Service(keys, database, {})
    service.prepare()
    name = service.announce("one", FILE)
    service.send(name, FILE[:2_500_000])
    acknowledged = service.received(name)
    with pytest.raises(grpc.RpcError):
        service.send(name, FILE, offset=acknowledged, then=service.process.process.kill)
    service.process.process.wait(timeout=30)

    service = Service(keys, database, {})
    try:
        received = service.received(name)
        assert acknowledged == 2_500_000 <= received
        service.send(name, FILE, offset=received)
        version = service.complete(name)
        assert service.download(version.name) == FILE
        files = [path for path in (tmp_path / "texts").rglob("*") if path.is_file()]
        assert any(version.sha256 in path.name for path in files)
        assert (tmp_path / "texts").stat().st_mode & 0o777 == 0o700
    finally:
        assert service.process.stop() == 0
