/** Who may do what: every route and every frame, for everybody who could try. */
import { exports } from "cloudflare:workers";
import { SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { clientFrameSchema } from "../../protocol/client-frames.ts";
import { directConversation } from "../../protocol/ids.ts";
import type { ServerFrame } from "../../protocol/server-frames.ts";
import { app } from "../../worker/app.ts";
import { signToken } from "../../worker/auth.ts";
import { changeSessions, deviceOf } from "./objects.ts";
import { api, freshPolicy, holdfast, newUser, RawDevice, tokenFor } from "./support.ts";
import { answerOf, begin, fileContent, PNG, textBytes } from "./uploads.ts";

const HOUR_MS = 3_600_000;

/** From who may do nothing to who may do most; the last ones may change what the others saw. */
const ROLES = ["nobody", "forged", "expired", "stranger", "peer", "owner", "operator"] as const;
type Role = (typeof ROLES)[number];

/** Alice has told Bob something that nobody else may see a byte of. */
interface World {
  readonly canary: string;
  readonly conversation: string;
  readonly message: string;
  /** Of the second message. */
  readonly file: string;
  /** Not complete: two bytes, `{}`, are missing. */
  readonly upload: string;
  readonly alice: RawDevice;
  readonly bob: RawDevice;
  readonly stranger: string;
}

async function newWorld(): Promise<World> {
  const alice = await deviceOf(newUser("alice"));
  const bob = await deviceOf(newUser("bob"));
  const canary = `canary-${crypto.randomUUID()}`;
  const file = await fileContent(alice.user, textBytes(canary), canary);
  const upload = await answerOf(await begin(alice.user, textBytes("{}")));
  const { file: picture } = await fileContent(alice.user, PNG);
  await api("/v1/profile", alice.user, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ picture }),
  });
  const conversation = directConversation(alice.user, bob.user);
  const bodies = [{ kind: "text", text: canary } as const, file];
  // At once, so that there is one receipt.
  alice.send({
    t: "submit",
    items: bodies.map((body, prev) => ({ conversation, counter: prev + 1, prev, body })),
  });
  // Then all is quiet: what comes next is the answer to whatever is asked.
  await alice.until(() =>
    alice.entries.find(({ body }) => body.kind === "receipt" && body.delivered === 2),
  );
  return {
    canary,
    conversation,
    message: `${alice.user}:${alice.device}:1`,
    file: file.file,
    upload: upload.file,
    alice,
    bob,
    stranger: newUser("stranger"),
  };
}

async function authorization(role: Role, { alice, bob, stranger }: World): Promise<HeadersInit> {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const now = Date.now();
  switch (role) {
    case "nobody":
      return {};
    case "forged": {
      const key = crypto.getRandomValues(new Uint8Array(32));
      const token = new SignJWT({ role: "operator" })
        .setProtectedHeader({ alg: "HS256", typ: "JWT" })
        .setSubject(alice.user)
        .setIssuer("holdfast")
        .setAudience("holdfast")
        .setExpirationTime("1h");
      return bearer(await token.sign(key));
    }
    case "expired": {
      const identity = { user: alice.user, role: "operator", expiresAt: now - HOUR_MS } as const;
      return bearer(await signToken(holdfast, identity, now - 2 * HOUR_MS));
    }
    case "stranger":
      return bearer(await tokenFor(stranger));
    case "peer":
      return bearer(await tokenFor(bob.user));
    case "owner":
      return bearer(await tokenFor(alice.user));
    case "operator":
      return bearer(await tokenFor("root", "operator"));
  }
}

/**
 * `shown`: with what is Alice's in it. `own`: an answer about the caller's own, without a trace of
 * her. Numbers: refused with this status, and nothing is changed.
 */
type Cell = "shown" | "own" | 400 | 401 | 403 | 404;

interface Line {
  readonly path: (world: World) => string;
  readonly body?: (world: World) => object;
  readonly cells: Readonly<Record<Role, Cell>>;
}

const SIGNED_OUT = { nobody: 401, forged: 401, expired: 401 } as const;
/** The same for everybody, and nobody's. */
const PUBLIC = everybody("own");
const ABSENT = everybody(404);
const OPERATORS = {
  ...SIGNED_OUT,
  stranger: 403,
  peer: 403,
  owner: 403,
  operator: "shown",
} as const;
/** About whoever asks. */
const CALLERS = {
  ...SIGNED_OUT,
  stranger: "own",
  peer: "own",
  owner: "own",
  operator: "own",
} as const;
const OWNERS = { ...CALLERS, owner: "shown" } as const;
/** Named by an id that only its owner has something behind. */
const OWNERS_BY_ID = {
  ...SIGNED_OUT,
  stranger: 404,
  peer: 404,
  owner: "shown",
  operator: 404,
} as const;
const MEMBERS_BY_ID = { ...OWNERS_BY_ID, peer: "shown" } as const;
const OPERATORS_SILENT = { ...OPERATORS, operator: "own" } as const;

function everybody(cell: Cell): Record<Role, Cell> {
  return Object.fromEntries(ROLES.map((role) => [role, cell])) as Record<Role, Cell>;
}

const deviceOfAlice = ({ alice }: World) => `/v1/devices/${alice.device}`;
const operatorsAlice = ({ alice }: World) => `/v1/users/${alice.user}`;
const aliceAmongMembers = ({ conversation }: World) =>
  `/v1/conversations/${encodeURIComponent(conversation)}/messages`;

const LINES: Readonly<Record<string, Line>> = {
  "GET /v1/limits": { path: () => "/v1/limits", cells: PUBLIC },
  "GET /v1/socket": { path: () => "/v1/socket", cells: everybody(400) },
  "POST /v1/dev/sign-in": {
    path: () => "/v1/dev/sign-in",
    body: ({ alice }) => ({ user: alice.user }),
    cells: ABSENT,
  },
  "GET /v1/dev/meter": { path: ({ alice }) => `/v1/dev/meter?user=${alice.user}`, cells: ABSENT },
  "POST /v1/dev/crash": {
    path: () => "/v1/dev/crash",
    body: ({ alice }) => ({ user: alice.user }),
    cells: ABSENT,
  },
  "POST /v1/tickets": {
    path: () => "/v1/tickets",
    body: ({ alice }) => ({ device: alice.device }),
    cells: CALLERS,
  },
  "GET /v1/policy": { path: () => "/v1/policy", cells: OPERATORS_SILENT },
  "PATCH /v1/policy": {
    path: () => "/v1/policy",
    body: () => ({ windowEntries: 64 }),
    cells: OPERATORS_SILENT,
  },
  "GET /v1/policy/history": { path: () => "/v1/policy/history", cells: OPERATORS_SILENT },
  "GET /v1/devices": { path: () => "/v1/devices", cells: OWNERS },
  "DELETE /v1/devices/:device": { path: deviceOfAlice, cells: OWNERS_BY_ID },
  "GET /v1/devices/:device/timeline": {
    path: (world) => `${deviceOfAlice(world)}/timeline`,
    cells: OWNERS_BY_ID,
  },
  "GET /v1/conversations": {
    path: () => "/v1/conversations",
    cells: { ...OWNERS, peer: "shown" },
  },
  "GET /v1/conversations/:id/messages": { path: aliceAmongMembers, cells: MEMBERS_BY_ID },
  "GET /v1/search": {
    path: ({ conversation }) => `/v1/search?conversation=${encodeURIComponent(conversation)}`,
    cells: MEMBERS_BY_ID,
  },
  "GET /v1/messages/:id/trace": {
    path: ({ message }) => `/v1/messages/${message}/trace`,
    cells: { ...OWNERS_BY_ID, operator: "shown" },
  },
  "POST /v1/files": {
    path: () => "/v1/files",
    body: () => ({ bytes: 1, hash: "0".repeat(64) }),
    cells: CALLERS,
  },
  "POST /v1/files/copies": {
    path: () => "/v1/files/copies",
    body: ({ conversation, file }) => ({ conversation, number: 2, file }),
    cells: { ...MEMBERS_BY_ID, peer: "own", owner: "own" },
  },
  "PUT /v1/files/:file/parts/:part": {
    path: ({ upload }) => `/v1/files/${upload}/parts/1`,
    body: () => ({}),
    cells: { ...OWNERS_BY_ID, owner: "own" },
  },
  "POST /v1/files/:file/finish": {
    path: ({ upload }) => `/v1/files/${upload}/finish`,
    cells: { ...OWNERS_BY_ID, owner: "own" },
  },
  "DELETE /v1/files/:file": {
    path: ({ upload }) => `/v1/files/${upload}`,
    cells: { ...OWNERS_BY_ID, owner: "own" },
  },
  "GET /v1/files/:file": {
    path: ({ conversation, file }) => `/v1/files/${file}?conversation=${conversation}&number=2`,
    cells: MEMBERS_BY_ID,
  },
  "GET /v1/preferences": { path: () => "/v1/preferences", cells: CALLERS },
  "PUT /v1/preferences": {
    path: () => "/v1/preferences",
    body: () => ({ readReceipts: true }),
    cells: CALLERS,
  },
  "GET /v1/profile": { path: () => "/v1/profile", cells: CALLERS },
  "PUT /v1/profile": {
    path: () => "/v1/profile",
    body: () => ({ name: "whoever asks" }),
    cells: CALLERS,
  },
  "GET /v1/profiles": {
    path: () => "/v1/profiles?handle=nobody.at.all",
    cells: CALLERS,
  },
  "GET /v1/profiles/:user/picture": {
    path: ({ alice }) => `/v1/profiles/${alice.user}/picture`,
    cells: CALLERS,
  },
  "GET /v1/stats": { path: () => "/v1/stats", cells: OPERATORS_SILENT },
  "GET /metrics": { path: () => "/metrics", cells: OPERATORS_SILENT },
  "GET /v1/users/:user/devices": {
    path: (world) => `${operatorsAlice(world)}/devices`,
    cells: OPERATORS,
  },
  "DELETE /v1/users/:user/devices/:device": {
    path: (world) => `${operatorsAlice(world)}/devices/${world.alice.device}`,
    cells: OPERATORS,
  },
  "GET /v1/users/:user/devices/:device/timeline": {
    path: (world) => `${operatorsAlice(world)}/devices/${world.alice.device}/timeline`,
    cells: OPERATORS,
  },
  "GET /v1/users/:user/messages": {
    path: (world) => `${operatorsAlice(world)}/messages?from=0&to=${Date.now() + HOUR_MS}`,
    cells: OPERATORS,
  },
  "GET /v1/users/:user/hand-offs": {
    path: (world) => `${operatorsAlice(world)}/hand-offs`,
    cells: OPERATORS_SILENT,
  },
  "POST /v1/users/:user/hand-offs/retry": {
    path: (world) => `${operatorsAlice(world)}/hand-offs/retry`,
    cells: OPERATORS_SILENT,
  },
  "POST /v1/users/:user/hand-offs/:message/replay": {
    path: (world) => `${operatorsAlice(world)}/hand-offs/${world.message}/replay`,
    cells: { ...OPERATORS, operator: 404 },
  },
  // The last one: whoever asks is gone for good.
  "DELETE /v1/account": { path: () => "/v1/account", cells: CALLERS },
};

/** What every path that leads nowhere answers: no line of its own. */
const CATCH_ALL = ["GET *", "GET /*"];
/** Their table is beside groups' other tests. */
const OF_GROUPS = / \/v1\/groups\//;

function routes(): string[] {
  const all = app.routes.filter(({ method }) => method !== "ALL");
  const named = new Set(all.map(({ method, path }) => `${method} ${path}`));
  return [...named].filter((route) => !CATCH_ALL.includes(route) && !OF_GROUPS.test(route));
}

async function ask(route: string, line: Line, role: Role, world: World) {
  const [method] = route.split(" ");
  const body = line.body?.(world);
  const json = { "content-type": "application/json" };
  const request = new Request(`https://chat.example${line.path(world)}`, {
    ...(method === undefined ? {} : { method }),
    headers: { ...(await authorization(role, world)), ...(body === undefined ? {} : json) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const response = await exports.default.fetch(request);
  return { status: response.status, text: await response.text() };
}

/** What may have come of a request that was refused. */
async function stateOf({ alice, conversation }: World): Promise<string> {
  const root = (path: string) => api(path, "root", {}, "operator").then((one) => one.text());
  const own = (path: string) => api(path, alice.user).then((one) => one.text());
  const messages = `/v1/conversations/${encodeURIComponent(conversation)}/messages`;
  const parts = [root("/v1/policy/history"), own("/v1/preferences"), own(messages)];
  const { devices } = JSON.parse(await own("/v1/devices")) as { devices: { device: string }[] };
  return [...(await Promise.all(parts)), ...devices.map(({ device }) => device)].join("\n");
}

function traces({ canary, alice }: World): string[] {
  return [canary, alice.device];
}

beforeAll(() => freshPolicy());

describe("R15 routes", () => {
  test("R15 each has its line in the table", () => {
    expect(routes().sort()).toEqual(Object.keys(LINES).sort());
  });

  test.each(Object.entries(LINES))("R15 %s", async (route, line) => {
    const world = await newWorld();
    for (const role of ROLES) {
      const cell = line.cells[role];
      const before = typeof cell === "number" ? await stateOf(world) : "";
      const { status, text } = await ask(route, line, role, world);
      const about = `${role} gets ${status} ${text.slice(0, 200)}`;
      expect(status, about).toBe(typeof cell === "number" ? cell : 200);
      const seen = traces(world).some((trace) => text.includes(trace));
      expect(seen, about).toBe(cell === "shown");
      if (typeof cell === "number") expect(await stateOf(world), about).toBe(before);
    }
  });

  test.each(Object.entries(LINES).filter(([, { cells }]) => cells.stranger === 404))(
    "R15 %s tells a stranger nothing that it does not tell of what never was",
    async (route, line) => {
      const world = await newWorld();
      const never = {
        ...world,
        alice: new RawDevice(newUser("never"), "never-was-one"),
        conversation: directConversation(newUser("never"), newUser("never")),
        message: `${newUser("never")}:never-was-one:1`,
      };
      const [real, unreal] = [
        await ask(route, line, "stranger", world),
        await ask(route, line, "stranger", { ...never, stranger: world.stranger }),
      ];
      const withoutId = ({ status, text }: { status: number; text: string }) => ({
        status,
        text: text.replace(/"id":"[^"]*"/, ""),
      });
      expect(withoutId(real)).toEqual(withoutId(unreal));
    },
  );
});

type Frame = Readonly<Record<string, unknown>> & { readonly t: string };

/** On a socket: before hello, with a token that has run out, and who is who in the conversation. */
const SEATS = ["waiting", "expired", "stranger", "peer", "owner"] as const;
type Seat = (typeof SEATS)[number];

/** An error's code, the kind of the answer, or `nothing`; `shown` beside it: with Alice's canary. */
interface FrameLine {
  readonly frame: (world: World) => Frame | Promise<Frame>;
  readonly stranger: string;
  readonly peer: string;
  readonly owner: string;
}

const hello = {
  t: "hello",
  version: 1,
  cursor: 0,
  capabilities: ["ack"],
  app: { name: "raw", version: "1", platform: "test" },
  heartbeatMs: 25_000,
  cause: "first",
};

const submitting = (body: object) => (world: World) => ({
  t: "submit",
  items: [{ conversation: world.conversation, counter: 1_000, prev: 0, body }],
});

const FRAMES: Readonly<Record<string, FrameLine>> = {
  hello: { frame: () => hello, stranger: "bad-frame", peer: "bad-frame", owner: "bad-frame" },
  submit: {
    frame: submitting({ kind: "text", text: "hello" }),
    stranger: "not-found",
    peer: "accepted",
    // Of another device it would be her first; of this one it leaves a message out.
    owner: "gap",
  },
  "submit edit": {
    frame: submitting({ kind: "edit", target: 1, text: "changed" }),
    stranger: "not-found",
    peer: "not-allowed",
    owner: "gap",
  },
  "submit recall": {
    frame: submitting({ kind: "recall", target: 1 }),
    stranger: "not-found",
    peer: "not-allowed",
    owner: "gap",
  },
  "submit react": {
    frame: submitting({ kind: "reaction", target: 1, emoji: "👍", on: true }),
    stranger: "not-found",
    peer: "accepted",
    owner: "gap",
  },
  ack: {
    frame: () => ({ t: "ack", seq: 1_000 }),
    stranger: "beyond-sent",
    peer: "beyond-sent",
    owner: "beyond-sent",
  },
  nack: {
    frame: () => ({ t: "nack", seq: 1_000, reason: "test" }),
    stranger: "bad-field",
    peer: "bad-field",
    owner: "bad-field",
  },
  sync: {
    frame: () => ({ t: "sync", cursor: 0 }),
    stranger: "nothing",
    peer: "entries shown",
    owner: "entries shown",
  },
  read: {
    frame: ({ conversation }) => ({ t: "read", conversation, number: 1 }),
    stranger: "not-found",
    peer: "entries",
    owner: "entries",
  },
  history: {
    frame: ({ conversation }) => ({ t: "history", ref: "x", conversation, limit: 10 }),
    stranger: "not-found",
    peer: "history shown",
    owner: "history shown",
  },
  snapshot: {
    frame: () => ({ t: "snapshot", ref: "x" }),
    stranger: "snapshot",
    peer: "snapshot shown",
    owner: "snapshot shown",
  },
  arrange: {
    frame: ({ conversation }) => ({ t: "arrange", ref: "x", conversation, change: {} }),
    stranger: "not-found",
    peer: "done",
    owner: "done",
  },
  folders: {
    frame: () => ({ t: "folders", ref: "x", folders: [] }),
    stranger: "done",
    peer: "done",
    owner: "done",
  },
  draft: {
    frame: ({ conversation }) => ({ t: "draft", ref: "x", conversation, base: 0, text: "x" }),
    stranger: "not-found",
    peer: "done",
    owner: "done",
  },
  block: {
    frame: () => ({ t: "block", ref: "x", user: "mallory", on: true }),
    stranger: "done",
    peer: "done",
    owner: "done",
  },
  "answer-request": {
    frame: ({ conversation }) => ({ t: "answer-request", ref: "x", conversation, accept: true }),
    stranger: "not-found",
    peer: "not-found",
    owner: "not-found",
  },
  have: {
    frame: ({ conversation }) => ({ t: "have", conversation, number: 1 }),
    // Of large groups only: theirs is the one log that is not fed.
    stranger: "not-found",
    peer: "not-found",
    owner: "not-found",
  },
  typing: {
    frame: ({ conversation }) => ({ t: "typing", conversation, on: true }),
    stranger: "not-found",
    peer: "nothing",
    owner: "nothing",
  },
  watch: {
    frame: () => ({ t: "watch", users: [] }),
    stranger: "nothing",
    peer: "nothing",
    owner: "nothing",
  },
  "retry-entry": {
    frame: () => ({ t: "retry-entry", seq: 1 }),
    stranger: "not-found",
    peer: "not-found",
    owner: "not-found",
  },
  renew: {
    frame: async ({ alice }) => ({ t: "renew", ref: "x", token: await tokenFor(alice.user) }),
    stranger: "unauthenticated",
    peer: "unauthenticated",
    owner: "renewed",
  },
  pace: {
    frame: () => ({ t: "pace", heartbeatMs: 30_000 }),
    stranger: "nothing",
    peer: "nothing",
    owner: "nothing",
  },
};

async function seat(kind: Seat, { alice, bob, stranger }: World): Promise<RawDevice> {
  if (kind === "owner") return alice;
  if (kind === "peer") return bob;
  if (kind === "stranger") return deviceOf(stranger);
  if (kind === "expired") {
    await changeSessions(alice.user, (session) => ({ ...session, expiresAt: 1 }));
    return alice;
  }
  const waiting = new RawDevice(alice.user);
  await waiting.open();
  return waiting;
}

/** Heard by the way: they are no answer to anything. */
function isAnswer({ t }: ServerFrame): boolean {
  return t !== "marks" && t !== "totals";
}

/** What the device gets to hear of this frame. */
async function answerTo(device: RawDevice, frame: Frame, canary: string): Promise<string> {
  await device.settle();
  device.frames.length = 0;
  device.received.length = 0;
  device.sendText(JSON.stringify(frame));
  // Others are asked before these are answered.
  if (frame.t === "submit" || frame.t === "renew") {
    await device.until(() => device.frames.find(isAnswer));
  }
  await device.settle();
  const shown = device.received.some((text) => text.includes(canary)) ? " shown" : "";
  const first = device.frames.find(isAnswer);
  if (first === undefined) return "nothing";
  if (first.t === "error") return first.error.code + shown;
  if (first.t !== "accepted") return first.t + shown;
  return (first.results[0]?.error?.code ?? "accepted") + shown;
}

describe("R15 frames", () => {
  test("R15 each has its line in the table", () => {
    const kinds = clientFrameSchema.options.map(({ entries }) => entries.t.literal);
    const lines = Object.keys(FRAMES).map((name) => name.split(" ")[0]);
    expect([...new Set(lines)].sort()).toEqual([...kinds].sort());
  });

  test.each(Object.entries(FRAMES))("R15 %s", async (_, line) => {
    for (const role of ["stranger", "peer", "owner"] as const) {
      const world = await newWorld();
      const device = await seat(role, world);
      const answer = await answerTo(device, await line.frame(world), world.canary);
      expect(`${role}: ${answer}`).toBe(`${role}: ${line[role]}`);
    }
  });

  test.each(Object.entries(FRAMES).filter(([kind]) => kind !== "hello"))(
    "R15 %s before hello, or with a token that has run out, does nothing",
    async (_, line) => {
      const world = await newWorld();
      const before = await stateOf(world);
      for (const [kind, code] of [
        // First, for it needs an object that can be put to sleep: a new socket keeps it awake.
        ["expired", "unauthenticated"],
        ["waiting", "not-ready"],
      ] as const) {
        const device = await seat(kind, world);
        const heard = device.received.length;
        device.sendText(JSON.stringify(await line.frame(world)));
        expect((await device.next("error")).error.code).toBe(code);
        expect(device.received.slice(heard).join()).not.toContain(world.canary);
      }
      expect((await world.alice.untilClosed()).code).toBe(4401);
      expect(await stateOf(world)).toBe(before);
    },
  );
});
