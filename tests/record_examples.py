"""Records the examples of the REST description: what the sample `fictional` sends, and what the demo with it answers.

Run it when the contracts or the sample change:

    ACCORD_BIN_DIR=target/debug python tests/record_examples.py

It writes `services/gateway/src/rest/openapi/examples.json`; build the gateway again afterwards.
"""

import json
import pathlib
import urllib.error
import urllib.parse
import urllib.request

from conftest import ROOT, Process, binary

SAMPLE = ROOT / "services" / "accord" / "sample" / "fictional"
FILE = ROOT / "services" / "gateway" / "src" / "rest" / "openapi" / "examples.json"

# Of a list within a list one element shows what there is.
LONGEST = 2


def requests():
    """The first call of each method in the sample."""
    found = {}
    for path in sorted(SAMPLE.glob("*.json")):
        for step in json.loads(path.read_text()):
            if "call" in step:
                found.setdefault(step["call"], step["request"])
    return found


def short(value):
    """The same with short lists; a token of a page is good for one caller alone and says nothing here."""
    if isinstance(value, list):
        return [short(item) for item in value[:LONGEST]]
    if isinstance(value, dict):
        return {name: short(item) for name, item in value.items() if name not in ("nextPageToken", "resumeToken")}
    return value


def address(path, operation):
    """The address of an operation with the examples of what it needs."""
    query = []
    for parameter in operation["parameters"]:
        example = parameter.get("example")
        if parameter["in"] == "path":
            path = path.replace("{%s}" % parameter["name"], urllib.parse.quote(example, safe=""))
        elif parameter["in"] == "query" and example is not None:
            query += [(parameter["name"], one) for one in (example if isinstance(example, list) else [example])]
    return f"{path}?{urllib.parse.urlencode(query)}" if query else path


def answers(base, token):
    """What the demo answers to everything that only reads, by message."""
    with urllib.request.urlopen(f"{base}/openapi.json", timeout=30) as answer:
        described = json.load(answer)
    found, left_out = {}, []
    for path, operations in described["paths"].items():
        operation = operations.get("get")
        content = (operation or {}).get("responses", {}).get("200", {}).get("content", {}).get("application/json")
        if not content:
            continue
        message = content["schema"]["$ref"].rsplit("/", 1)[-1]
        asked = urllib.request.Request(base + address(path, operation), headers={"Authorization": f"Bearer {token}"})
        try:
            with urllib.request.urlopen(asked, timeout=30) as answer:
                given = short(json.load(answer))
        except urllib.error.HTTPError as error:
            left_out.append(f"{operation['operationId']}: {error.code}")
            continue
        if given and message not in found:
            found[message] = given
    print("not answered:", ", ".join(left_out) or "none")
    return found


def main():
    process = Process(
        binary("accord"), "demo", "--sample", "fictional", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", "--output", "json"
    )
    try:
        token = pathlib.Path(process.ready["token_file"]).read_text().strip()
        recorded = {"requests": requests(), "answers": answers(f"http://{process.ready['listen']}", token)}
    finally:
        process.stop()
    FILE.write_text(json.dumps(recorded, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    print(f"{len(recorded['requests'])} requests and {len(recorded['answers'])} answers")


if __name__ == "__main__":
    main()
