/** What somebody may try with files, over real HTTP: types, names, sizes, ids and rights. */
import { createHash } from "node:crypto";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { directConversation } from "../../protocol/names.ts";
import type { SubmitResult } from "../../protocol/server-frames.ts";
import { signIn } from "../support/accounts.ts";
import type { RawClient } from "../support/raw-client.ts";
import { openSession } from "../support/session.ts";
import { FAST, Stage } from "../support/stage.ts";

const ATTACKER = "mallory";
const VICTIM = "victim";
const TALK = directConversation(ATTACKER, VICTIM);
const SCRIPT = "<script>alert(document.domain)</script>";

let stage: Stage;
let url: string;
let session: RawClient;
const tokens = new Map<string, string>();
let counter = 0;

beforeAll(async () => {
  stage = await Stage.open(FAST);
  url = stage.server.url;
  for (const user of [ATTACKER, VICTIM, "stranger"]) tokens.set(user, await signIn(url, user));
  session = await openSession(url, ATTACKER, "mallory-device");
});
afterAll(async () => {
  session.terminate();
  await stage.close();
});

function ask(user: string, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${tokens.get(user)}`, ...init.headers };
  return fetch(`${url}${path}`, { ...init, headers });
}

function post(user: string, path: string, body: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return ask(user, path, { method: "POST", headers, body: JSON.stringify(body) });
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

interface Stored {
  readonly file: string;
  readonly type: string;
  readonly bytes: number;
  readonly hash: string;
}

async function upload(user: string, bytes: Uint8Array<ArrayBuffer>): Promise<Stored> {
  const begun = await post(user, "/v1/files", { bytes: bytes.length, hash: sha256(bytes) });
  const { file } = (await begun.json()) as Stored;
  const put = await ask(user, `/v1/files/${file}/parts/1`, { method: "PUT", body: bytes });
  const { state: _, ...stored } = (await put.json()) as Stored & { state: string };
  return stored;
}

/** Sends it to the victim; its number. */
async function send(name: string, stored: Stored): Promise<number> {
  counter += 1;
  const body = { kind: "file", name, ...stored };
  const item = { conversation: TALK, counter, prev: counter - 1, body };
  session.send({ t: "submit", items: [item] });
  const frame = await session.next("accepted");
  const [result] = frame["results"] as readonly SubmitResult[];
  const number = result?.number;
  if (typeof number !== "number") throw new Error(JSON.stringify(frame));
  return number;
}

function read(user: string, file: string, number: number, init?: RequestInit): Promise<Response> {
  return ask(user, `/v1/files/${file}?conversation=${TALK}&number=${number}`, init);
}

const bytesOf = (text: string) => new TextEncoder().encode(text).slice();
const gifScript = bytesOf(`GIF89a\x01\x00\x01\x00=1;${SCRIPT}`);

const HOSTILE: readonly (readonly [string, Uint8Array<ArrayBuffer>, string])[] = [
  ["svg", bytesOf(`<svg xmlns="http://www.w3.org/2000/svg">${SCRIPT}</svg>`), "picture.svg"],
  ["html", bytesOf(`<!doctype html>${SCRIPT}`), "page.html"],
  ["html that calls itself a picture", bytesOf(`<html>${SCRIPT}`), "cat.png"],
  ["xhtml", bytesOf(`<html xmlns="http://www.w3.org/1999/xhtml">${SCRIPT}</html>`), "x.xhtml"],
  ["xsl", bytesOf(`<?xml version="1.0"?><?xml-stylesheet href="x"?>${SCRIPT}`), "x.xml"],
  ["a script", bytesOf("self.addEventListener('fetch', () => {})"), "service-worker.js"],
  ["a manifest", bytesOf('{"start_url":"/"}'), "manifest.json"],
  ["a film that is a page", bytesOf(`\0\0\0\x18ftypevil${SCRIPT}`), "x.mp4"],
  ["a multipart answer", bytesOf(`--x\r\nContent-Type: text/html\r\n\r\n${SCRIPT}`), "x.mht"],
  ["a document", bytesOf(`%PDF-1.7 /JS (app.alert(1))`), "x.pdf"],
];

describe("what is uploaded is never executed in this origin", () => {
  test.each(HOSTILE)("%s is given back as bytes to save", async (_, bytes, name) => {
    const stored = await upload(ATTACKER, bytes);
    const response = await read(VICTIM, stored.file, await send(name, stored));
    expect(response.status).toBe(200);
    const { headers } = response;
    expect(headers.get("content-type")).toBe("application/octet-stream");
    expect(headers.get("content-disposition")).toMatch(/^attachment; filename="/);
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
  });

  test("a picture that is a script as well is served as a picture in a sandbox", async () => {
    const stored = await upload(ATTACKER, gifScript);
    const response = await read(VICTIM, stored.file, await send("x.js", stored));
    expect(response.headers.get("content-type")).toBe("image/gif");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    expect(response.headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
    await response.body?.cancel();
  });

  test("no header of the upload, and no query of the reader, changes the type", async () => {
    const page = bytesOf(`<!doctype html>${SCRIPT} 2`);
    const begun = await post(ATTACKER, "/v1/files", { bytes: page.length, hash: sha256(page) });
    const { file } = (await begun.json()) as Stored;
    const headers = { "content-type": "text/html", "x-content-type": "image/png" };
    const put = await ask(ATTACKER, `/v1/files/${file}/parts/1`, {
      method: "PUT",
      headers,
      body: page,
    });
    expect(await put.json()).toMatchObject({ type: "application/octet-stream" });
    const stored = { file, type: "text/html", bytes: page.length, hash: sha256(page) };
    await expect(send("x.html", stored)).rejects.toThrow("body.type");
    counter -= 1;
    const number = await send("x.html", { ...stored, type: "application/octet-stream" });
    const odd = `/v1/files/${file}?conversation=${TALK}&number=${number}&type=text/html`;
    expect((await ask(VICTIM, odd)).status).toBe(400);
  });
});

test.each([
  '"\r\n../<img src=x onerror=alert(1)>',
  "a\r\nSet-Cookie: session=stolen",
  "a\nContent-Type: text/html\n\n<script>",
  "../../../etc/passwd",
  "..\\..\\windows\\system32",
  "\u202egnp.exe",
  "nul\0byte.txt",
  "x; filename=evil.html",
  "%0d%0aSet-Cookie:%20a=b",
  "\ud800".toWellFormed(),
  "日本語のファイル.txt",
  "a".repeat(256),
])("a name can do nothing but name: %j", async (name) => {
  const stored = await upload(ATTACKER, bytesOf(`named ${name}`));
  const response = await read(VICTIM, stored.file, await send(name, stored));
  expect(response.status).toBe(200);
  expect(response.headers.get("set-cookie")).toBeNull();
  expect(response.headers.get("content-type")).toBe("application/octet-stream");
  const header = response.headers.get("content-disposition") ?? "";
  expect(header).toMatch(/^attachment; filename="[^"\\]*"; filename\*=UTF-8''[\w.~%!$&+^`|-]+$/);
  expect(decodeURIComponent(header.split("''")[1] ?? "")).not.toMatch(/[\r\n\0/\\\u202e]/);
  await response.body?.cancel();
});

describe("rights", () => {
  test("R15 an address without a token, with one in it, or with another's opens nothing", async () => {
    const stored = await upload(ATTACKER, bytesOf("secret"));
    const number = await send("secret.txt", stored);
    const path = `/v1/files/${stored.file}?conversation=${TALK}&number=${number}`;
    expect((await fetch(`${url}${path}`)).status).toBe(401);
    const token = tokens.get(VICTIM) ?? "";
    expect((await fetch(`${url}${path}&token=${token}`)).status).toBe(401);
    expect((await fetch(`${url}${path}`, { headers: { cookie: `token=${token}` } })).status).toBe(
      401,
    );
    expect((await ask("stranger", path)).status).toBe(404);
    expect((await ask(VICTIM, path)).status).toBe(200);
  });

  test("R15 an id says nothing about another: not the owner, not the hash, not the order", async () => {
    const bytes = bytesOf("the same for all");
    const [one, two] = [await upload(ATTACKER, bytes), await upload(VICTIM, bytes)];
    expect(one.file).not.toBe(two.file);
    expect(one.file).toMatch(/^[A-Za-z0-9_-]{22}$/);
    // Knowing what another has does not tell whether they have it.
    const begun = await post("stranger", "/v1/files", { bytes: bytes.length, hash: one.hash });
    expect(await begun.json()).toMatchObject({ state: "open", have: [] });
  });

  test.each([
    "..%2f..%2fparts",
    "%2e%2e",
    "AAAAAAAAAAAAAAAAAAAAA%00",
    "files%2fvictim%2fAAAAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAA%0d%0aX: y",
  ])("an id that is a path leads nowhere: %s", async (id) => {
    for (const [method, rest] of [
      ["GET", `?conversation=${TALK}&number=1`],
      ["PUT", "/parts/1"],
      ["POST", "/finish"],
      ["DELETE", ""],
    ]) {
      const response = await ask(ATTACKER, `/v1/files/${id}${rest}`, { method: method ?? "GET" });
      expect([400, 404]).toContain(response.status);
    }
  });

  test("another origin's page may not read a file", async () => {
    const stored = await upload(ATTACKER, bytesOf("not for others"));
    const number = await send("x", stored);
    const headers = { origin: "https://evil.example" };
    const response = await read(VICTIM, stored.file, number, { headers });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(response.headers.get("access-control-allow-credentials")).toBeNull();
    await response.body?.cancel();
  });
});

describe("sizes", () => {
  test.each([21, 1_024 ** 2])(
    "what says it is too large is refused unread: %i MiB",
    async (mib) => {
      const body = { bytes: mib * 1_048_576, hash: "0".repeat(64) };
      expect((await post(ATTACKER, "/v1/files", body)).status).toBe(413);
    },
  );

  test("a part that never ends is cut off", async () => {
    const begun = await post(ATTACKER, "/v1/files", { bytes: 10, hash: "1".repeat(64) });
    const { file } = (await begun.json()) as Stored;
    const head = [
      `PUT /v1/files/${file}/parts/1 HTTP/1.1`,
      "Host: x",
      `Authorization: Bearer ${tokens.get(ATTACKER)}`,
      "Transfer-Encoding: chunked",
      "\r\n",
    ].join("\r\n");
    const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`;
    const answer = await new Promise<string>((resolve, reject) => {
      let text = "";
      const socket = connect(stage.server.port, "127.0.0.1", () => socket.write(head + chunk));
      socket.on("data", (data) => {
        text += data;
        if (/"rule":"bytes:10"/.test(text)) resolve(text);
      });
      socket.on("error", reject);
      socket.on("close", () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain("bytes:10");
  });

  test("many uploads that are never finished are bounded", async () => {
    const hash = (n: number) => n.toString(16).padStart(64, "f");
    const begin = (n: number) => post("stranger", "/v1/files", { bytes: 1, hash: hash(n) });
    const statuses = new Set<number>();
    for (let n = 0; n < 300; n += 50) {
      const batch = Array.from({ length: 50 }, (_, index) => begin(n + index));
      for (const { status } of await Promise.all(batch)) statuses.add(status);
    }
    expect([...statuses].sort()).toEqual([200, 413]);
  });

  test("ranges can't be made to cost more than the file", async () => {
    const stored = await upload(ATTACKER, bytesOf("0123456789"));
    const number = await send("digits", stored);
    const many = Array.from({ length: 1_000 }, () => "0-9").join(",");
    for (const [range, status, length] of [
      [`bytes=${many}`, 200, 10],
      ["bytes=0-18446744073709551615", 200, 10],
      ["bytes=-1", 206, 1],
      ["bytes=10-", 416, 0],
    ] as const) {
      const response = await read(VICTIM, stored.file, number, { headers: { range } });
      expect([range.slice(0, 40), response.status]).toEqual([range.slice(0, 40), status]);
      expect((await response.arrayBuffer()).byteLength).toBe(length);
    }
  });
});
