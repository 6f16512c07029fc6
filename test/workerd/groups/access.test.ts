/** Who may do what in a group: every kind of entry and every route, for everybody who could try. */
import { exports } from "cloudflare:workers";
import { beforeEach, describe, expect, test } from "vitest";
import { type Content, contentSchema } from "../../../protocol/entries.ts";
import { app } from "../../../worker/app.ts";
import { deviceOf } from "../objects.ts";
import { api, freshPolicy, newUser, type RawDevice } from "../support.ts";
import { fileContent, PNG } from "../uploads.ts";
import { entryAt, freshId, newGroup, refusalOf, tell } from "./support.ts";

/** From who may do nothing to who may do most: what an earlier one does must not help a later. */
const ROLES = ["stranger", "removed", "left", "silenced", "member", "admin", "owner"] as const;
type Role = (typeof ROLES)[number];

const SECRET = "canary-of-the-group";
const DAY_MS = 86_400_000;

interface World {
  readonly conversation: string;
  readonly devices: Readonly<Record<Role, RawDevice>>;
  /** Members without a device, one for each time that somebody goes. */
  readonly spares: string[];
  /** Numbers of messages: one by a member, one by the owner. */
  readonly byMember: number;
  readonly byOwner: number;
  readonly link: string;
  readonly token: string;
}

async function newWorld(): Promise<World> {
  const { conversation, devices } = await newGroup(6);
  const [owner, admin, member, silenced, removed, left] = devices as [
    RawDevice,
    RawDevice,
    RawDevice,
    RawDevice,
    RawDevice,
    RawDevice,
  ];
  const spares = Array.from({ length: ROLES.length }, () => newUser("spare"));
  const token = freshId();
  const { file: picture } = await fileContent(owner.user, PNG);
  await tell(owner, conversation, { kind: "group-change", picture });
  await tell(owner, conversation, { kind: "members-add", users: spares });
  await tell(owner, conversation, { kind: "member-role", user: admin.user, role: "admin" });
  const until = Date.now() + DAY_MS;
  await tell(owner, conversation, { kind: "member-silence", user: silenced.user, until });
  const made = await tell(owner, conversation, { kind: "link-create", token });
  const linked = await entryAt(owner, conversation, made.number ?? 0);
  await tell(owner, conversation, { kind: "members-remove", users: [removed.user] });
  await tell(left, conversation, { kind: "leave" });
  const byMember = (await tell(member, conversation, `${SECRET} 1`)).number ?? 0;
  const byOwner = (await tell(owner, conversation, `${SECRET} 2`)).number ?? 0;
  return {
    conversation,
    devices: {
      stranger: await deviceOf(newUser("stranger")),
      removed,
      left,
      silenced,
      member,
      admin,
      owner,
    },
    spares,
    byMember,
    byOwner,
    link: linked.body.kind === "link-created" ? linked.body.link : "",
    token,
  };
}

/** `yes`: accepted. Else the code of the refusal. */
type Cell = "yes" | "not-found" | "not-allowed";
type Cells = Readonly<Record<Role, Cell>>;

const OUTSIDE = { stranger: "not-found", removed: "not-found", left: "not-found" } as const;
const MEMBERS: Cells = {
  ...OUTSIDE,
  silenced: "yes",
  member: "yes",
  admin: "yes",
  owner: "yes",
};
const WRITERS: Cells = { ...MEMBERS, silenced: "not-allowed" };
const ADMINS: Cells = { ...WRITERS, member: "not-allowed" };
const OWNER: Cells = { ...ADMINS, admin: "not-allowed" };
const NOBODY: Cells = { ...OWNER, owner: "not-allowed" };

interface Line {
  readonly content: (world: World, by: RawDevice) => Content;
  readonly cells: Cells;
}

/** Nobody can say whose it is, or whether it is there. */
const NOBODYS: Cells = {
  ...OUTSIDE,
  silenced: "not-found",
  member: "not-found",
  admin: "not-found",
  owner: "not-found",
};

const spare = ({ spares }: World) => spares.pop() ?? "";

const LINES: Readonly<Record<string, Line>> = {
  text: { content: () => ({ kind: "text", text: "hello" }), cells: WRITERS },
  custom: { content: () => ({ kind: "custom", type: "poll", data: "{}" }), cells: WRITERS },
  location: {
    content: () => ({ kind: "location", latitude: 1, longitude: 2 }),
    cells: WRITERS,
  },
  contact: {
    content: ({ devices }) => ({ kind: "contact", user: devices.owner.user }),
    cells: WRITERS,
  },
  "edit of another's": {
    content: ({ byOwner }) => ({ kind: "edit", target: byOwner, text: "changed" }),
    cells: { ...NOBODY, owner: "yes" },
  },
  "recall of the owner's": {
    content: ({ byOwner }) => ({ kind: "recall", target: byOwner }),
    cells: { ...NOBODY, owner: "yes" },
  },
  reaction: {
    content: ({ byMember }) => ({ kind: "reaction", target: byMember, emoji: "👍", on: true }),
    cells: WRITERS,
  },
  "group-create": {
    content: () => ({ kind: "group-create", title: "Mine", members: [] }),
    cells: NOBODY,
  },
  "group-change": { content: () => ({ kind: "group-change", title: "Other" }), cells: ADMINS },
  "members-add": {
    content: () => ({ kind: "members-add", users: [newUser("added")] }),
    cells: ADMINS,
  },
  "members-add of oneself": {
    content: (_, { user }) => ({ kind: "members-add", users: [user] }),
    cells: NOBODY,
  },
  "members-remove": {
    content: (world) => ({ kind: "members-remove", users: [spare(world)] }),
    cells: ADMINS,
  },
  "members-remove of the owner": {
    content: ({ devices }) => ({ kind: "members-remove", users: [devices.owner.user] }),
    cells: NOBODY,
  },
  "member-role": {
    content: (world) => ({ kind: "member-role", user: spare(world), role: "admin" }),
    cells: OWNER,
  },
  "member-role of oneself": {
    content: (_, { user }) => ({ kind: "member-role", user, role: "owner" }),
    cells: NOBODY,
  },
  "member-silence": {
    content: (world) => ({ kind: "member-silence", user: spare(world), until: null }),
    cells: ADMINS,
  },
  "member-silence lifted from oneself": {
    content: (_, { user }) => ({ kind: "member-silence", user, until: null }),
    cells: NOBODY,
  },
  leave: { content: () => ({ kind: "leave" }), cells: MEMBERS },
  "join by a wrong link": {
    content: () => ({ kind: "join", token: freshId() }),
    cells: NOBODY,
  },
  "link-create": { content: () => ({ kind: "link-create", token: freshId() }), cells: ADMINS },
  "link-revoke": {
    content: ({ link }) => ({ kind: "link-revoke", link }),
    // The admin has just done it.
    cells: { ...ADMINS, owner: "not-found" },
  },
  ttl: { content: () => ({ kind: "ttl", seconds: 3_600 }), cells: ADMINS },
  "file that another has uploaded": {
    content: () => ({
      kind: "file",
      file: freshId(),
      name: "plan.pdf",
      type: "application/pdf",
      bytes: 1,
      hash: "0".repeat(64),
    }),
    cells: NOBODYS,
  },
};

beforeEach(() => freshPolicy());

describe("R15 entries of a group", () => {
  test("R15 each kind has its line in the table", () => {
    const kinds = contentSchema.pipe[0].options.map(({ entries }) => entries.kind.literal);
    const lines = new Set(Object.keys(LINES).map((name) => name.split(" ")[0]));
    expect([...lines].sort()).toEqual([...kinds].sort());
  });

  test.each(Object.entries(LINES))("R15 %s", { timeout: 60_000 }, async (_, line) => {
    const world = await newWorld();
    const answers: Record<string, string> = {};
    for (const role of ROLES) {
      const device = world.devices[role];
      const content = line.content(world, device);
      answers[role] = (await refusalOf(device, world.conversation, content)) ?? "yes";
    }
    expect(answers).toEqual(line.cells);
  });
});

/** Besides the roles: who has not signed in, and an operator, who is a stranger here. */
const CALLERS = ["nobody", ...ROLES, "operator"] as const;
type Caller = (typeof CALLERS)[number];

interface RouteLine {
  readonly path: string;
  readonly admits: readonly Caller[];
  /** Members whom it tells that it is not for them. */
  readonly refuses?: readonly Caller[];
}

const INSIDE = ["silenced", "member", "admin", "owner"] as const;

const ROUTES: Readonly<Record<string, RouteLine>> = {
  "GET /v1/groups/:group": { path: "", admits: INSIDE },
  "GET /v1/groups/:group/members": { path: "/members", admits: INSIDE },
  "GET /v1/groups/:group/links": {
    path: "/links",
    admits: ["admin", "owner"],
    refuses: ["silenced", "member"],
  },
  "GET /v1/groups/:group/log": { path: "/log?after=0", admits: INSIDE },
  "GET /v1/groups/:group/picture": { path: "/picture", admits: INSIDE },
  "GET /v1/groups/:group/receipts": { path: "/receipts?number=1", admits: INSIDE },
};

function statusFor(caller: Caller, { admits, refuses = [] }: RouteLine): number {
  if (caller === "nobody") return 401;
  if (admits.includes(caller)) return 200;
  return refuses.includes(caller) ? 403 : 404;
}

function ask(caller: Caller, path: string, { devices }: World): Promise<Response> {
  if (caller === "nobody") {
    return exports.default.fetch(new Request(`https://chat.example${path}`));
  }
  if (caller === "operator") return api(path, newUser("root"), {}, "operator");
  return api(path, devices[caller].user);
}

describe("R15 routes of a group", () => {
  test("R15 each has its line in the table", () => {
    const found = app.routes
      .filter(({ method, path }) => method !== "ALL" && path.startsWith("/v1/groups/"))
      .map(({ method, path }) => `${method} ${path}`);
    expect([...new Set(found)].sort()).toEqual(Object.keys(ROUTES).sort());
  });

  test.each(Object.entries(ROUTES))("R15 %s", { timeout: 60_000 }, async (_, line) => {
    const world = await newWorld();
    const group = world.conversation.slice("group:".length);
    for (const caller of CALLERS) {
      const response = await ask(caller, `/v1/groups/${group}${line.path}`, world);
      const text = await response.text();
      const about = `${caller} gets ${response.status} ${text}`;
      expect(response.status, about).toBe(statusFor(caller, line));
      if (response.status === 200) continue;
      for (const word of ["Trip", world.devices.owner.user, world.link, world.token]) {
        expect(text, about).not.toContain(word);
      }
    }
  });
});

describe("R15 what has been said since", () => {
  test.each(["removed", "left", "stranger"] as const)(
    "R15 reaches nobody who is %s",
    async (role) => {
      const { conversation, devices } = await newWorld();
      const device = devices[role];
      device.received.length = 0;
      const before = { t: "history", ref: "x", conversation, limit: 50 } as const;
      device.send(before);
      device.send({ t: "sync", cursor: 0 });
      device.send({ t: "snapshot", ref: "y" });
      await device.settle();
      const path = `/v1/conversations/${encodeURIComponent(conversation)}/messages`;
      const found = await (await api(path, device.user)).text();
      const search = await (await api(`/v1/search?q=${SECRET}`, device.user)).text();
      expect(device.received.join() + found + search).not.toContain(SECRET);
    },
  );
});
