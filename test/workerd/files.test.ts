import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { directConversation } from "../../protocol/ids.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { eraseUser } from "../../worker/files/bucket.ts";
import { bearer, edge, refusalOf, tokenFor } from "./fixtures/edge.ts";
import { crash, fireAlarm, sqlOf } from "./objects.ts";
import { api, freshPolicy, newUser, RawDevice, setPolicy } from "./support.ts";
import {
  answerOf,
  begin,
  bodyOf,
  fileContent,
  finish,
  hashOf,
  noise,
  PNG,
  post,
  putPart,
  read,
  textBytes,
  upload,
} from "./uploads.ts";

const PART = LIMITS.filePartBytes;

let alice: RawDevice;
let bob: RawDevice;
let conversation: string;

beforeEach(async () => {
  await freshPolicy();
  alice = new RawDevice(newUser("alice"));
  bob = new RawDevice(newUser("bob"));
  conversation = directConversation(alice.user, bob.user);
  await bob.connect();
  await alice.connect();
});

/** Its number in the conversation. */
async function sendFile(bytes: Uint8Array<ArrayBuffer>, name?: string) {
  const content = await fileContent(alice.user, bytes, name);
  const { number } = await alice.result(alice.say(bob.user, content));
  if (typeof number !== "number") throw new Error("not numbered");
  await bob.until(() => bob.entries.find((entry) => entry.number === number));
  return { number, content };
}

describe("uploads", () => {
  test("a small file takes one part, and its bytes decide its type", async () => {
    const open = await answerOf(await begin(alice.user, PNG));
    expect(open).toMatchObject({ state: "open", partBytes: PART, have: [] });
    expect(open.file).toMatch(/^[A-Za-z0-9_-]{22}$/);
    const stored = await answerOf(await putPart(alice.user, open.file, 1, PNG));
    const hash = await hashOf(PNG);
    const { file } = open;
    expect(stored).toEqual({ state: "stored", file, type: "image/png", bytes: PNG.length, hash });
  });

  test("parts come out of order, twice and late; what is missing is told", async () => {
    const bytes = noise(2 * PART + 7, 1);
    const { file } = await answerOf(await begin(alice.user, bytes));
    await putPart(alice.user, file, 3, bytes.slice(2 * PART));
    await putPart(alice.user, file, 1, bytes.slice(0, PART));
    await putPart(alice.user, file, 1, bytes.slice(0, PART));
    expect(await answerOf(await finish(alice.user, file))).toMatchObject({ have: [1, 3] });
    // The client forgot everything, and asks how far it was.
    expect(await answerOf(await begin(alice.user, bytes))).toMatchObject({ file, have: [1, 3] });
    await putPart(alice.user, file, 2, bytes.slice(PART, 2 * PART));
    const stored = await answerOf(await finish(alice.user, file));
    expect(stored).toMatchObject({ state: "stored", type: "application/octet-stream" });
    expect(await answerOf(await finish(alice.user, file))).toEqual(stored);
    const late = await putPart(alice.user, file, 2, bytes.slice(PART, 2 * PART));
    expect(await answerOf(late)).toEqual(stored);
    const { objects } = await env.FILES.list({ prefix: `parts/${alice.user}/` });
    expect(objects).toEqual([]);
    const key = `files/${alice.user}/${file}`;
    expect((await env.FILES.head(key))?.size).toBe(bytes.length);
  });

  test("an upload goes on after every object has crashed", async () => {
    const bytes = noise(PART + 1, 2);
    const { file } = await answerOf(await begin(alice.user, bytes));
    await putPart(alice.user, file, 1, bytes.slice(0, PART));
    await crash();
    expect(await answerOf(await begin(alice.user, bytes))).toMatchObject({ file, have: [1] });
    await putPart(alice.user, file, 2, bytes.slice(PART));
    await crash();
    expect(await answerOf(await finish(alice.user, file))).toMatchObject({ state: "stored" });
  });

  test("the same bytes are stored once per user, and are another file of another user", async () => {
    const first = await upload(alice.user, PNG);
    expect(await answerOf(await begin(alice.user, PNG))).toEqual(first);
    const others = await upload(bob.user, PNG);
    expect(others.file).not.toBe(first.file);
    expect(await sqlOf(alice.user, "SELECT file FROM files")).toEqual([{ file: first.file }]);
  });

  test.each([
    ["one part", 100],
    ["several parts", PART + 100],
  ])("bytes that are not those that were told are nobody's file: %s", async (_, length) => {
    const told = noise(length, 3);
    const other = noise(length, 4);
    const { file } = await answerOf(await begin(alice.user, told));
    for (let at = 0; at < length; at += PART) {
      const answer = await putPart(alice.user, file, at / PART + 1, other.slice(at, at + PART));
      if (length <= PART) expect(await refusalOf(answer)).toMatchObject({ field: "hash" });
    }
    const expected = length > PART ? { status: 400, field: "hash" } : { status: 404 };
    expect(await refusalOf(await finish(alice.user, file))).toMatchObject(expected);
    await fireAlarm(alice.user);
    await expect.poll(() => sqlOf(alice.user, "SELECT file FROM files")).toEqual([]);
    const { objects } = await env.FILES.list({ prefix: `parts/${alice.user}/` });
    expect(objects).toEqual([]);
    expect(await upload(alice.user, told)).toMatchObject({ state: "stored", file });
  });

  test.each<[string, number, Uint8Array<ArrayBuffer>, object]>([
    ["too short", 1, new Uint8Array(99), { status: 400, field: "body", rule: "bytes:100" }],
    ["too long", 1, new Uint8Array(101), { status: 400, field: "body", rule: "bytes:100" }],
    ["empty", 1, new Uint8Array(0), { status: 400, field: "body" }],
    ["none of its parts", 2, new Uint8Array(1), { status: 400, field: "part" }],
    ["part nought", 0, new Uint8Array(1), { status: 400, field: "part" }],
  ])("a part is refused: %s", async (_, number, body, expected) => {
    const { file } = await answerOf(await begin(alice.user, noise(100, 5)));
    expect(await refusalOf(await putPart(alice.user, file, number, body))).toMatchObject(expected);
  });

  test("a part's body may be longer than any other, and is counted as it comes", async () => {
    const { file } = await answerOf(await begin(alice.user, noise(PART, 6)));
    const long = await putPart(alice.user, file, 1, new Uint8Array(3 * PART));
    expect(await refusalOf(long)).toMatchObject({ status: 400, rule: `bytes:${PART}` });
  });

  test("another's upload is as unknown as none", async () => {
    const { file } = await answerOf(await begin(alice.user, PNG));
    const unknown = await refusalOf(await putPart(bob.user, "A".repeat(22), 1, PNG));
    expect(unknown).toMatchObject({ status: 404, code: "not-found" });
    expect(await refusalOf(await putPart(bob.user, file, 1, PNG))).toEqual(unknown);
    expect(await refusalOf(await finish(bob.user, file))).toEqual(unknown);
    const drop = await api(`/v1/files/${file}`, bob.user, { method: "DELETE" });
    expect(await refusalOf(drop)).toEqual(unknown);
  });

  test("what is given up frees its room, and what is stored can't be given up", async () => {
    const bytes = noise(PART + 5, 7);
    await setPolicy({ userFileBytes: PART + 100 });
    const { file } = await answerOf(await begin(alice.user, bytes));
    await putPart(alice.user, file, 1, bytes.slice(0, PART));
    expect((await begin(alice.user, noise(200, 8))).status).toBe(413);
    const dropped = await api(`/v1/files/${file}`, alice.user, { method: "DELETE" });
    expect(dropped.status).toBe(200);
    await fireAlarm(alice.user);
    await expect.poll(async () => (await begin(alice.user, noise(200, 8))).status).toBe(200);
    const stored = await upload(alice.user, PNG);
    const late = await api(`/v1/files/${stored.file}`, alice.user, { method: "DELETE" });
    expect(late.status).toBe(404);
  });

  test("quotas: per file, per user, and switched off", async () => {
    await setPolicy({ fileBytes: 1_000, userFileBytes: 1_500 });
    const refusal = async (length: number, seed: number) =>
      refusalOf(await begin(alice.user, noise(length, seed)));
    expect(await refusal(1_001, 1)).toMatchObject({ status: 413, rule: "max-bytes:1000" });
    await upload(alice.user, noise(1_000, 2));
    // Room is taken from the first word on: two at once can't both have it.
    expect((await begin(alice.user, noise(400, 3))).status).toBe(200);
    expect(await refusal(400, 4)).toMatchObject({
      code: "too-big",
      rule: "max-bytes-per-user:1500",
    });
    expect((await begin(alice.user, noise(1_000, 2))).status).toBe(200);
    await setPolicy({ fileBytes: 0 });
    expect(await refusal(1, 5)).toMatchObject({ status: 413, rule: "max-bytes:0" });
  });

  test.each<[string, object, string]>([
    ["no bytes", { bytes: 0, hash: "0".repeat(64) }, "bytes"],
    ["a negative size", { bytes: -5, hash: "0".repeat(64) }, "bytes"],
    ["a hash in capitals", { bytes: 1, hash: "A".repeat(64) }, "hash"],
    ["a list", { bytes: [1], hash: "0".repeat(64) }, "bytes"],
    ["a type of its own", { bytes: 1, hash: "0".repeat(64), type: "text/html" }, "type"],
  ])("beginning is refused: %s", async (_, body, field) => {
    expect(await refusalOf(await post(alice.user, "", body))).toMatchObject({ status: 400, field });
  });
});

describe("a message with a file", () => {
  test("brings it to the other side, whole and in parts", async () => {
    const bytes = noise(PART + 1_000, 10);
    const { number, content } = await sendFile(bytes, "noise.bin");
    const whole = await read(bob.user, conversation, number, content.file);
    expect(whole.status).toBe(200);
    expect(await bodyOf(whole)).toEqual(bytes);
    const etag = whole.headers.get("ETag") ?? "";
    expect(etag).toMatch(/^".+"$/);
    expect(whole.headers.get("Cache-Control")).toBe("private, no-cache");
    expect(whole.headers.get("Accept-Ranges")).toBe("bytes");

    const get = (headers: Record<string, string>, method?: string) =>
      read(bob.user, conversation, number, content.file, headers, method);
    const part = await get({ Range: "bytes=10-19" });
    expect(part.status).toBe(206);
    expect(part.headers.get("Content-Range")).toBe(`bytes 10-19/${bytes.length}`);
    expect(await bodyOf(part)).toEqual(bytes.slice(10, 20));
    const tail = await get({ Range: "bytes=-5", "If-Range": etag });
    expect(await bodyOf(tail)).toEqual(bytes.slice(-5));
    const beyond = await get({ Range: `bytes=${bytes.length}-` });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get("Content-Range")).toBe(`bytes */${bytes.length}`);
    const changed = await get({ Range: "bytes=0-1", "If-Range": '"another"' });
    expect(changed.status).toBe(200);
    await changed.body?.cancel();
    const known = await get({ "If-None-Match": `"x", W/${etag}` });
    expect(known.status).toBe(304);
    expect(await known.text()).toBe("");
    const head = await get({}, "HEAD");
    expect(head.headers.get("Content-Length")).toBe(String(bytes.length));
  });

  test("has a thumbnail under the same rights", async () => {
    const thumbnail = await fileContent(alice.user, PNG);
    const content = await fileContent(alice.user, noise(100, 11));
    const body = { ...content, thumbnail: thumbnail.file };
    const { number } = await alice.result(alice.say(bob.user, body));
    await bob.until(() => bob.entries.at(-1));
    const got = await read(bob.user, conversation, number ?? 0, thumbnail.file);
    expect(got.headers.get("Content-Type")).toBe("image/png");
    expect(got.headers.get("Content-Disposition")).toBe("inline");
    expect(await bodyOf(got)).toEqual(PNG);
    const noPicture = { ...thumbnail, thumbnail: content.file };
    const { error } = await alice.result(alice.say(bob.user, noPicture));
    expect(error).toMatchObject({ code: "not-found", field: "body.thumbnail" });
  });

  test("is refused when it names what its sender has not uploaded, or says otherwise", async () => {
    const { content } = await sendFile(PNG);
    const open = await answerOf(await begin(alice.user, noise(9, 12)));
    const wrongs: [object, string][] = [
      [{ file: "A".repeat(22) }, "body.file"],
      [{ file: open.file }, "body.file"],
      [{ type: "text/html" }, "body.type"],
      [{ bytes: 1 }, "body.bytes"],
      [{ hash: "0".repeat(64) }, "body.hash"],
    ];
    for (const [wrong, field] of wrongs) {
      const device = new RawDevice(alice.user);
      await device.connect();
      const { error } = await device.result(device.say(bob.user, { ...content, ...wrong }));
      expect(error).toMatchObject({ field });
    }
    // Knowing another's id is knowing nothing.
    const { error } = await bob.result(bob.say(alice.user, content));
    expect(error).toMatchObject({ code: "not-found", field: "body.file" });
  });

  test("R15 nobody else gets a byte, and all who may not get the same answer", async () => {
    const { number, content } = await sendFile(PNG);
    const { file } = content;
    const carol = newUser("carol");
    const unknown = await read(carol, directConversation(carol, bob.user), 1, file);
    const answer = { status: unknown.status, error: await errorOf(unknown) };
    expect(answer).toEqual({ status: 404, error: { code: "not-found" } });
    const denied: [string, Promise<Response>][] = [
      ["a stranger", read(carol, conversation, number, file)],
      ["another number", read(bob.user, conversation, number + 1, file)],
      ["another file", read(bob.user, conversation, number, "A".repeat(22))],
      ["another conversation", read(bob.user, directConversation(bob.user, carol), number, file)],
      ["a group that is none", read(bob.user, `group:${"A".repeat(22)}`, number, file)],
      [
        "its owner, without the message",
        read(alice.user, `direct:${alice.user},${alice.user}`, 1, file),
      ],
    ];
    for (const [who, response] of denied) {
      const { status } = await response;
      expect([who, { status, error: await errorOf(await response) }]).toEqual([who, answer]);
    }
    const path = `/v1/files/${file}?conversation=${conversation}&number=${number}`;
    const anonymous = await edge({ FILES: env.FILES }).fetch(path);
    expect(anonymous.status).toBe(401);
  });

  test("R11 once it is recalled its file is served to nobody", async () => {
    const { number, content } = await sendFile(PNG);
    alice.say(bob.user, { kind: "recall", target: number });
    await bob.until(() => bob.entries.find(({ body }) => body.kind === "recall"));
    for (const { user } of [alice, bob]) {
      expect((await read(user, conversation, number, content.file)).status).toBe(404);
    }
  });

  test("its file goes with it when its time is over, before any row is blanked", async () => {
    await alice.result(alice.say(bob.user, { kind: "ttl", seconds: 4 }));
    const { number, content } = await sendFile(PNG);
    const status = async () => {
      const response = await read(bob.user, conversation, number, content.file);
      await response.body?.cancel();
      return response.status;
    };
    expect(await status()).toBe(200);
    await expect.poll(status, { timeout: 10_000, interval: 100 }).toBe(404);
  });

  test("a copy of it is the copier's own, and outlives the recall", async () => {
    const bytes = noise(PART + 3, 13);
    const { number, content } = await sendFile(bytes);
    const wanted = { conversation, number, file: content.file };
    const copy = await answerOf(await post(bob.user, "/copies", wanted));
    expect(copy).toMatchObject({ state: "stored", bytes: bytes.length, hash: content.hash });
    expect(copy.file).not.toBe(content.file);
    expect(await answerOf(await post(bob.user, "/copies", wanted))).toEqual(copy);
    const carol = newUser("carol");
    expect((await post(carol, "/copies", wanted)).status).toBe(404);

    const { file } = copy;
    const forward = { ...content, file, forwardOf: `${alice.user}:${alice.device}:1` };
    const { number: at } = await bob.result(bob.say(bob.user, forward));
    alice.say(bob.user, { kind: "recall", target: number });
    await bob.until(() => bob.entries.find(({ body }) => body.kind === "recall"));
    expect((await post(bob.user, "/copies", wanted)).status).toBe(404);
    const notes = directConversation(bob.user, bob.user);
    expect(await bodyOf(await read(bob.user, notes, at ?? 0, file))).toEqual(bytes);
  });
});

async function errorOf(response: Response): Promise<unknown> {
  return ((await response.json()) as { error: unknown }).error;
}

describe("what somebody uploads is nothing but itself", () => {
  test.each<[string, Uint8Array<ArrayBuffer>]>([
    ["svg", textBytes("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")],
    ["html", textBytes("<!doctype html><script>alert(1)</script>")],
    ["xml", textBytes("<?xml version='1.0'?><x xmlns='http://www.w3.org/1999/xhtml'/>")],
    ["a script", textBytes("alert(1)")],
  ])("%s is a file to keep, not to open", async (_, bytes) => {
    const { number, content } = await sendFile(bytes, "x.html");
    expect(content.type).toBe("application/octet-stream");
    const response = await read(bob.user, conversation, number, content.file);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="x.html"; filename*=UTF-8''x.html`,
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
    });
    await response.body?.cancel();
  });

  test("a picture is shown in place, in a sandbox all the same", async () => {
    const { number, content } = await sendFile(PNG, '"\r\n../<img src=x>.png');
    const response = await read(bob.user, conversation, number, content.file);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/png",
      "content-disposition":
        `inline; filename="_.._<img src=x>.png"; ` +
        `filename*=UTF-8''%22.._%3Cimg%20src%3Dx%3E.png`,
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; sandbox",
    });
    await response.body?.cancel();
  });
});

test("an account that ends leaves no byte of its files, and takes nobody else's", async () => {
  const small = await upload(alice.user, PNG);
  const open = await answerOf(await begin(alice.user, noise(PART + 1, 20)));
  await putPart(alice.user, open.file, 1, noise(PART, 21));
  await upload(bob.user, PNG);
  const keys = async (user: string) => {
    const lists = await Promise.all(
      ["files", "parts"].map((of) => env.FILES.list({ prefix: `${of}/${user}/` })),
    );
    return lists.flatMap(({ objects }) => objects.map(({ key }) => key));
  };
  expect(await keys(alice.user)).toEqual([
    `files/${alice.user}/${small.file}`,
    `parts/${alice.user}/${open.file}/1`,
  ]);
  expect(await eraseUser(env.FILES, alice.user)).toBe(true);
  expect(await keys(alice.user)).toEqual([]);
  expect(await keys(bob.user)).toHaveLength(1);
});

describe("without a bucket", () => {
  test("everything about files is not found, and the limits say why", async () => {
    const here = edge();
    expect(await (await here.fetch("/v1/limits")).json()).toMatchObject({ files: false });
    const headers = bearer(await tokenFor(here, "alice"));
    for (const [method, path] of [
      ["POST", "/v1/files"],
      ["POST", "/v1/files/copies"],
      ["GET", `/v1/files/${"A".repeat(22)}`],
    ] as const) {
      const refusal = await refusalOf(await here.fetch(path, { method, headers }));
      expect(refusal).toMatchObject({ status: 404, code: "not-found", rule: "no-bucket" });
    }
    expect(here.touched).toEqual([]);
  });

  test("with one, they say so too", async () => {
    const limits = await edge({ FILES: env.FILES }).fetch("/v1/limits");
    expect(await limits.json()).toMatchObject({ files: true });
  });
});
