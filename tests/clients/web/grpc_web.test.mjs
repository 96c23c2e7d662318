// gRPC-Web as a browser speaks it: Connect's client for the web over `fetch`, with nothing but the descriptors that the gateway serves.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { after, before, test } from "node:test";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcWebTransport } from "@connectrpc/connect-web";

const ORIGIN = "https://portal.example.org";
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const PROGRAM = path.resolve(ROOT, process.env.ACCORD_BIN_DIR ?? "target/debug", "accord");

let demo, ended, base, token, registry;

before(async () => {
  const free = "127.0.0.1:0";
  demo = spawn(
    PROGRAM,
    ["demo", "--sample", "fictional", "--listen", free, "--admin-listen", free, "--output", "json", "--cors-origin", ORIGIN],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  ended = new Promise((resolve) => demo.once("exit", resolve));
  const { value: line } = await createInterface({ input: demo.stdout })[Symbol.asyncIterator]().next();
  const ready = JSON.parse(line);
  base = `http://${ready.listen}`;
  token = (await readFile(ready.token_file, "utf8")).trim();
  const set = await fetch(`${base}/descriptors.binpb`);
  registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, new Uint8Array(await set.arrayBuffer())));
});

after(async () => {
  demo.kill("SIGTERM");
  assert.equal(await ended, 0);
});

/** A client of a service, with a token or another. */
function client(service, authorization = `Bearer ${token}`, useBinaryFormat = true) {
  const sign = (next) => (request) => {
    request.header.set("authorization", authorization);
    return next(request);
  };
  const transport = createGrpcWebTransport({ baseUrl: base, interceptors: [sign], useBinaryFormat });
  return createClient(registry.getService(service), transport);
}

/** The typed details of an error, by the short names of their messages. */
function details(error) {
  const found = {};
  for (const name of ["ErrorInfo", "BadRequest", "RetryInfo"]) {
    const [detail] = error.findDetails(registry.getMessage(`google.rpc.${name}`));
    if (detail) found[name] = detail;
  }
  return found;
}

test("a unary call is answered", async () => {
  const documents = client("accord.documents.v1.DocumentService");
  const page = await documents.listDocuments({ parent: "partnerships/xa-xb", pageSize: 3 });
  assert.equal(page.documents.length, 3);
  assert.notEqual(page.nextPageToken, "");
  const again = await documents.getDocument({ name: page.documents[0].name });
  assert.deepEqual(again, page.documents[0]);
});

test("a server stream comes message by message and ends by the caller's wish", async () => {
  const ledger = client("accord.ledger.v1.LedgerService");
  const stopping = new AbortController();
  const names = new Set();
  try {
    for await (const message of ledger.watchChanges({ parent: "logs/documents" }, { signal: stopping.signal })) {
      if (message.event.case === "entry") names.add(message.event.value.resource);
      if (message.event.case === "initialStateDone") stopping.abort();
    }
    assert.fail("a watch does not end by itself");
  } catch (error) {
    assert.equal(ConnectError.from(error).code, Code.Canceled);
  }
  assert.ok(names.has("partnerships/xa-xb"));
});

test("errors come in trailers, with their details", async () => {
  const documents = client("accord.documents.v1.DocumentService");
  const refused = async (call) => {
    const error = await call.then(() => assert.fail("it is refused"), ConnectError.from);
    return [error.code, details(error)];
  };
  const [missing, told] = await refused(documents.getDocument({ name: "partnerships/xa-xb/documents/none" }));
  assert.equal(missing, Code.NotFound);
  assert.equal(told.ErrorInfo.reason, "RESOURCE_NOT_FOUND");
  const [bad, why] = await refused(documents.listDocuments({ parent: "nothing", pageSize: -1, filter: "x = 1" }));
  assert.equal(bad, Code.InvalidArgument);
  assert.equal(why.BadRequest.fieldViolations.length, 3);
  const stranger = client("accord.documents.v1.DocumentService", "Bearer x");
  const [unknown] = await refused(stranger.listDocuments({ parent: "partnerships/xa-xb" }));
  assert.equal(unknown, Code.Unauthenticated);
  const ledger = client("accord.ledger.v1.LedgerService");
  const watch = async () => {
    for await (const _ of ledger.watchChanges({ parent: "logs/nothing" })) assert.fail("there is no such log");
  };
  const [no] = await refused(watch());
  assert.equal(no, Code.NotFound);
});

test("a deadline is kept", async () => {
  const ledger = client("accord.ledger.v1.LedgerService");
  const watch = async () => {
    for await (const _ of ledger.watchChanges({ parent: "logs/documents" }, { timeoutMs: 700 }));
  };
  const error = await watch().then(() => assert.fail("a watch does not end by itself"), ConnectError.from);
  assert.equal(error.code, Code.DeadlineExceeded);
});

test("a page of an allowed origin is let in, and may read the status of a call", async () => {
  const url = `${base}/accord.documents.v1.DocumentService/ListDocuments`;
  const preflight = (origin) =>
    fetch(url, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,grpc-timeout,x-grpc-web,x-user-agent",
      },
    });
  const allowed = await preflight(ORIGIN);
  assert.equal(allowed.ok, true);
  assert.equal(allowed.headers.get("access-control-allow-origin"), ORIGIN);
  const may = allowed.headers.get("access-control-allow-headers");
  for (const name of ["authorization", "content-type", "grpc-timeout", "x-grpc-web", "x-user-agent"]) {
    assert.ok(may.includes(name), `${name} in ${may}`);
  }
  assert.equal((await preflight("https://other.example.org")).headers.get("access-control-allow-origin"), null);
  const call = await fetch(url, {
    method: "POST",
    headers: { origin: ORIGIN, "content-type": "application/grpc-web+proto", authorization: `Bearer ${token}` },
    body: new Uint8Array(5),
  });
  assert.equal(call.status, 200);
  const shown = call.headers.get("access-control-expose-headers");
  for (const name of ["grpc-status", "grpc-message", "grpc-status-details-bin", "etag", "link", "retry-after", "x-request-id"]) {
    assert.ok(shown.includes(name), `${name} in ${shown}`);
  }
  assert.notEqual(call.headers.get("x-request-id"), null);
});

test("text of base64 is taken and given for those who cannot send bytes", async () => {
  const body = Buffer.from(new Uint8Array(5)).toString("base64");
  const answer = await fetch(`${base}/accord.overview.v1.OverviewService/GetOverview`, {
    method: "POST",
    headers: { "content-type": "application/grpc-web-text", authorization: `Bearer ${token}` },
    body,
  });
  assert.match(answer.headers.get("content-type"), /^application\/grpc-web-text/);
  const given = answer.headers.get("grpc-status") ?? Buffer.from(await answer.text(), "base64").toString();
  assert.match(given, /3/);
});
