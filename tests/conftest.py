"""What every suite here needs: clients generated from the contracts, and a running Accord.

Nothing but the project's own .proto files is used, as an integrator in another agency would do.
"""

import json
import os
import pathlib
import queue
import signal
import subprocess
import sys
import threading

import grpc
import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
START_SECONDS = 60


def binary(name):
    """Returns the path of one of the project's programs, which `tests/run` has built."""
    folder = pathlib.Path(os.environ.get("ACCORD_BIN_DIR", ROOT / "target" / "debug"))
    path = (ROOT / folder / name).resolve()
    assert path.exists(), f"{path} is missing: run tests/run, or build it and set ACCORD_BIN_DIR"
    return str(path)


class Process:
    """A program of Accord that prints one JSON line when it is ready."""

    def __init__(self, *arguments, env=None):
        self.log = []
        self.process = subprocess.Popen(
            [str(argument) for argument in arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**{k: v for k, v in os.environ.items() if not k.startswith("ACCORD_")}, **(env or {})},
        )
        lines = queue.Queue()
        threading.Thread(target=self._read, args=(self.process.stdout, lines.put), daemon=True).start()
        threading.Thread(target=self._read, args=(self.process.stderr, self.log.append), daemon=True).start()
        try:
            first = lines.get(timeout=START_SECONDS)
        except queue.Empty:
            first = ""
        if not first:
            self.stop()
            raise AssertionError(f"{arguments[0]} did not become ready:\n" + "".join(self.log))
        self.ready = json.loads(first)
        assert self.ready["event"] == "ready"

    @staticmethod
    def _read(stream, put):
        for line in stream:
            put(line)
        put("")

    def stop(self, how=signal.SIGTERM):
        """Ends the program and returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@pytest.fixture(scope="session")
def contracts(tmp_path_factory):
    """Generates the Python client and makes it importable as `accord.…`."""
    from grpc_tools import protoc

    target = tmp_path_factory.mktemp("generated")
    files = sorted(str(path.relative_to(ROOT / "proto")) for path in (ROOT / "proto").rglob("*.proto"))
    well_known = pathlib.Path(protoc.__file__).parent / "_proto"
    status = protoc.main(
        ["protoc", f"-I{ROOT / 'proto'}", f"-I{well_known}", f"--python_out={target}", f"--grpc_python_out={target}", *files]
    )
    assert status == 0
    sys.path.insert(0, str(target))
    # The protobuf runtime has already imported its own `google` package: add the generated half of it.
    import google

    google.__path__.append(str(target / "google"))
    yield target
    sys.path.remove(str(target))


@pytest.fixture(scope="session")
def demo(contracts):
    """`accord demo` with the sample loaded, on free ports."""
    process = Process(
        binary("accord"), "demo", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--output", "json"
    )
    yield process
    assert process.stop() == 0, "".join(process.log)


def with_token(address, token):
    """Opens a channel that sends `token` with every call."""

    class Bearer(
        grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor, grpc.StreamUnaryClientInterceptor
    ):
        def _signed(self, details):
            metadata = [*(details.metadata or ()), ("authorization", f"Bearer {token}")]
            return details._replace(metadata=metadata)

        def intercept_unary_unary(self, continuation, details, request):
            return continuation(self._signed(details), request)

        def intercept_unary_stream(self, continuation, details, request):
            return continuation(self._signed(details), request)

        def intercept_stream_unary(self, continuation, details, requests):
            return continuation(self._signed(details), requests)

    return grpc.intercept_channel(grpc.insecure_channel(address), Bearer())


@pytest.fixture(scope="session")
def channel(demo):
    """A channel to the demo's public port with the operator's token."""
    token = pathlib.Path(demo.ready["token_file"]).read_text().strip()
    with with_token(demo.ready["listen"], token) as opened:
        yield opened


def error_details(error):
    """Returns the typed details of a gRPC error, by the short name of their message."""
    from google.rpc import error_details_pb2, status_pb2

    status = status_pb2.Status()
    trailers = dict(error.trailing_metadata() or ())
    status.ParseFromString(trailers["grpc-status-details-bin"])
    found = {}
    for detail in status.details:
        name = detail.type_url.rsplit(".", 1)[-1]
        message = getattr(error_details_pb2, name)()
        detail.Unpack(message)
        found[name] = message
    return found
