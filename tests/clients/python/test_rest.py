"""The REST surface as programs use it that know nothing but its OpenAPI description."""

import json
import subprocess
import urllib.request

import pytest
import schemathesis
from conftest import Process, binary
from hypothesis import HealthCheck, Phase, settings
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """`accord demo` with an invented partnership that may be changed, and the token of an editor of one side."""
    free = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]
    # Each request comes over a connection of its own, thousands in a minute: more than one address may otherwise open.
    unlimited = ["--address-connection-rate", "0"]
    process = Process(binary("accord"), "demo", "--sample", "fictional", *free, *unlimited, "--output", "json")
    token = tmp_path_factory.mktemp("rest") / "xa.token"
    subprocess.run(
        [binary("accord"), "token", "issue", "--data-dir", process.ready["data_dir"], "--agency", "xa-archive"]
        + ["--party", "XA", "--role", "editor", "--out", str(token)],
        check=True,
    )
    yield f"http://{process.ready['listen']}", token.read_text().strip()
    assert process.stop() == 0, "".join(process.log)


@pytest.fixture(scope="module")
def described(office):
    """The description, from the running gateway."""
    with urllib.request.urlopen(f"{office[0]}/openapi.json", timeout=10) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def operations(office, described):
    """The description as a schema that makes requests of its own."""
    schema = schemathesis.openapi.from_dict(described)
    schema.config.update(base_url=office[0])
    return schema


# A watch does not end.
schema = schemathesis.pytest.from_fixture("operations").exclude(path_regex=":watchChanges$")


def test_the_description_is_openapi_without_an_error(described):
    assert list(OpenAPIV31SpecValidator(described).iter_errors()) == []
    assert len(described["paths"]) > 80


@schema.parametrize()
@settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_whatever_is_asked_is_answered_as_described(case, office):
    case.call_and_validate(headers={"Authorization": f"Bearer {office[1]}"}, checks=CHECKS, timeout=20)
