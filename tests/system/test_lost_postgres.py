"""What an upload was told to be stored is stored, even if the PostgreSQL server is killed between two batches.

Batches of an import are committed without waiting for the disk. The server here writes its log so seldom that a kill
really loses some of them; what `GetImport` had said before must be there all the same, and the file can be sent to its end.
"""

import glob
import hashlib
import os
import pathlib
import pwd
import queue
import shutil
import signal
import socket
import subprocess
import tempfile
import time

import grpc
import pytest

from conftest import Process, binary, with_token

DEADLINE_SECONDS = 60
ROUNDS = 3
RELEASE = "partnerships/uz-kz/releases/large"
IMPORT = f"{RELEASE}/imports/all"


def wait_until(found, what):
    """Asks until there is an answer."""
    end = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < end:
        answer = found()
        if answer is not None:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"{what} took more than {DEADLINE_SECONDS} seconds")


class Server:
    """A PostgreSQL server of its own, which does not run as root."""

    SETTINGS = (
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        # What is not synced stays in memory: the log is written only when somebody waits for it.
        "wal_writer_delay=10s",
        "wal_writer_flush_after=1GB",
        "wal_buffers=64MB",
        "autovacuum=off",
    )

    def __init__(self):
        programs = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"))
        assert programs, "PostgreSQL is missing: run tests/run, which installs it"
        self.programs = pathlib.Path(programs[-1]).parent
        # The programs change to the other user by themselves: for `user=`, Python would fork itself, and the threads
        # of gRPC do not survive that.
        self.owner = []
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="accord-postgres-"))
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            self.owner = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = None
        initdb = [self.programs / "initdb", f"--pgdata={self.folder}/data", "--username=postgres", "--auth=trust"]
        subprocess.run(
            [*self.owner, *initdb, "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
            check=True, capture_output=True, timeout=DEADLINE_SECONDS, cwd=self.folder,
        )

    @property
    def url(self):
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def connect(self):
        import pg8000.native

        return pg8000.native.Connection("postgres", host="127.0.0.1", port=self.port, database="postgres")

    def start(self):
        settings = [part for setting in (*self.SETTINGS, f"port={self.port}") for part in ("-c", setting)]
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [*self.owner, self.programs / "postgres", "-D", self.folder / "data", *settings],
                stdout=log, stderr=log, cwd=self.folder,
            )

        def answers():
            assert self.process.poll() is None, (self.folder / "log").read_text()
            try:
                self.connect().close()
                return True
            except Exception:  # not yet
                return None

        wait_until(answers, "the start of PostgreSQL")

    def family(self):
        """The first process and all that it has begun."""
        pids = [self.process.pid]
        for stat in glob.glob("/proc/[0-9]*/stat"):
            try:
                # The name, in brackets, can have blanks.
                pid, rest = pathlib.Path(stat).read_text().split(" ", 1)
            except OSError:  # gone
                continue
            if int(rest.rsplit(")", 1)[1].split()[1]) == self.process.pid:
                pids.append(int(pid))
        return pids

    def kill(self):
        """Ends all of it at once, without a word."""
        # Stopped first, so that nobody begins another.
        os.kill(self.process.pid, signal.SIGSTOP)
        for pid in reversed(self.family()):
            os.kill(pid, signal.SIGKILL)
        self.process.wait(timeout=DEADLINE_SECONDS)

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=DEADLINE_SECONDS)
        shutil.rmtree(self.folder)


@pytest.fixture
def server():
    server = Server()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture
def editor(contracts, server, tmp_path):
    """A channel of an editor to a trade service on the server."""

    def accord(*arguments):
        command = [binary("accord"), "token", *arguments, "--data-dir", str(tmp_path)]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout

    lines = accord("key").splitlines()
    settings = dict(line.split("=", 1) for line in lines if line.startswith("ACCORD_"))
    token = accord("issue", "--agency", "uz-stat", "--party", "UZ", "--role", "editor").strip()
    local = {"ACCORD_LISTEN": "127.0.0.1:0", "ACCORD_ADMIN_LISTEN": "127.0.0.1:0", "ACCORD_OUTPUT": "json"}
    process = Process(binary("accord-trade"), env={**settings, **local, "ACCORD_DATABASE_URL": server.url})
    try:
        with with_token(process.ready["listen"], token) as channel:
            yield channel
    finally:
        assert process.stop() == 0, "".join(process.log)


def figures():
    """The lines of a file: 24 years of months of 50 headings."""
    yield "flow,period,commodity,value_usd\n"
    for heading in range(2601, 2651):
        for year in range(2000, 2024):
            for month in range(1, 13):
                yield f"export,{year}-{month:02},{heading},{heading + year + month}\n"


class Upload:
    """A stream that sends what it is given."""

    def __init__(self, stub, content, offset):
        from accord.trade.v1 import release_service_pb2

        self.messages = queue.Queue()
        self.chunk = lambda chunk: release_service_pb2.ImportObservationsRequest(chunk=chunk)
        self.messages.put(
            release_service_pb2.ImportObservationsRequest(
                header=release_service_pb2.ImportHeader(
                    release=RELEASE,
                    import_id="all",
                    offset_bytes=offset,
                    total_bytes=len(content),
                    sha256=hashlib.sha256(content).digest(),
                )
            )
        )
        self.answer = stub.ImportObservations.future(iter(self.messages.get, None), timeout=DEADLINE_SECONDS)

    def send(self, chunk):
        self.messages.put(self.chunk(chunk))

    def end(self):
        self.messages.put(None)


def visible_bytes(server):
    """How much of the file has been committed, whether or not it is on disk."""
    connection = server.connect()
    try:
        rows = connection.run("SELECT received_bytes FROM trade.imports")
        return rows[0][0] if rows else 0
    finally:
        connection.close()


def test_what_was_said_to_be_stored_survives_the_server_and_the_file_can_be_sent_to_its_end(server, editor):
    from accord.trade.v1 import (
        import_pb2, release_pb2, release_service_pb2, release_service_pb2_grpc, trade_service_pb2, trade_service_pb2_grpc,
    )

    stub = release_service_pb2_grpc.ReleaseServiceStub(editor)
    stub.CreateRelease(
        release_service_pb2.CreateReleaseRequest(
            parent="partnerships/uz-kz",
            release_id="large",
            release=release_pb2.Release(
                display_name="Monthly exports",
                reporter="UZ",
                publisher="Statistics",
                publish_time={"seconds": 1_735_689_600},
                publish_time_basis=release_pb2.PUBLISH_TIME_BASIS_STATED,
                hs_edition="HS_EDITION_H6",
                coverage={"completeness": "COMPLETENESS_PARTIAL", "partners": ["KZ"]},
            ),
        ),
        timeout=DEADLINE_SECONDS,
    )
    lines = list(figures())
    content = "".join(lines).encode()
    # Cut within a row, as networks do.
    step = len(content) // (2 * ROUNDS + 1) + 7
    get = lambda: stub.GetImport(release_service_pb2.GetImportRequest(name=IMPORT), timeout=DEADLINE_SECONDS)

    def reachable():
        try:
            return get()
        except grpc.RpcError as error:
            assert error.code() == grpc.StatusCode.UNAVAILABLE, error
            return None

    received, lost = 0, 0
    for _ in range(ROUNDS):
        upload = Upload(stub, content, received)
        before = received
        upload.send(content[before : before + step])
        # A batch is made of what there is when no more arrives for a while.
        wait_until(lambda: visible_bytes(server) > before or None, "a batch")
        promised = get()
        assert promised.received_bytes > before
        upload.send(content[before + step : before + 2 * step])
        committed = wait_until(
            lambda: (seen := visible_bytes(server)) > promised.received_bytes and seen or None, "another batch"
        )
        server.kill()
        server.start()
        # The stream lives on beside a database that may lack what it has sent, and must not take it for stored.
        upload.send(content[before + 2 * step :])
        upload.end()
        with pytest.raises(grpc.RpcError) as broken:
            upload.answer.result(timeout=DEADLINE_SECONDS)
        assert broken.value.code() in (grpc.StatusCode.ABORTED, grpc.StatusCode.UNAVAILABLE), broken.value
        found = wait_until(reachable, "the service's return")
        assert found.state == import_pb2.Import.STATE_RECEIVING
        assert promised.received_bytes <= found.received_bytes <= committed
        assert found.accepted_count >= promised.accepted_count
        lost += committed - found.received_bytes
        received = found.received_bytes
    assert lost > 0, "nothing was lost, so the test shows nothing"

    upload = Upload(stub, content, received)
    for start in range(received, len(content), step):
        upload.send(content[start : start + step])
    upload.end()
    done = upload.answer.result(timeout=DEADLINE_SECONDS)
    assert (done.state, done.accepted_count) == (import_pb2.Import.STATE_DONE, len(lines) - 1)
    published = stub.PublishRelease(
        release_service_pb2.PublishReleaseRequest(name=RELEASE), timeout=DEADLINE_SECONDS
    )
    assert published.observation_count == len(lines) - 1
    messages = trade_service_pb2_grpc.TradeServiceStub(editor).StreamObservations(
        trade_service_pb2.StreamObservationsRequest(parent="partnerships/uz-kz"), timeout=DEADLINE_SECONDS
    )
    sent = {
        (figure.commodity, figure.period.year, figure.period.month): figure.value_cents
        for message in messages
        for figure in message.observations
    }
    values = (int(line.rsplit(",", 1)[1]) for line in lines[1:])
    assert len(sent) == len(lines) - 1 and sum(sent.values()) == 100 * sum(values)
