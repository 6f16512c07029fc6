/** Whatever is done in a group × wherever an object ends in the midst of it: the end is the same. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Content } from "../../../protocol/entries.ts";
import type { HandOff } from "../../../protocol/hand-offs.ts";
import { groupConversation } from "../../../protocol/ids.ts";
import { api, freshPolicy } from "../support.ts";
import { armCrash, type CrashPoint } from "./crash-points.ts";
import { Person } from "./crowd.ts";
import { type Gathering, logOf, membersOf, runAlarms, seenBy, untilAtRest } from "./rest.ts";
import { freshId, groupSql } from "./support.ts";

/** A group of more has one log for all. */
const COPY_MEMBERS = 4;
/** So far does Ben read in the row of that name. */
const READ = 2;
const WITHIN_MS = 20_000;

beforeAll(() =>
  freshPolicy({
    safetyAlarmMs: 300,
    handOffDelaysMs: [50, 100],
    groupCopyMembers: COPY_MEMBERS,
    rateBurst: 100_000,
    connectsPerMinute: 100_000,
  }),
);

/** Owner, two members and whoever is to come. */
interface Scene extends Gathering {
  readonly owner: Person;
  readonly ben: Person;
  readonly cleo: Person;
  readonly dora: Person;
  readonly eve: Person;
  readonly token: string;
}

interface Row {
  readonly name: string;
  /** Members at first, of the five; none: there is no group yet. */
  readonly members: number;
  /** What happens before, without a crash. */
  readonly before?: (scene: Scene) => Promise<unknown>;
  readonly act: (scene: Scene) => Promise<unknown>;
  /** How many the group tells of it at least. */
  readonly told?: number;
  /** What comes by alarms alone, some time after all is at rest. */
  readonly until?: (scene: Scene) => Promise<boolean>;
}

const says = (who: "owner" | "ben" | "cleo" | "dora", body: (scene: Scene) => Content) => {
  return (scene: Scene) => scene[who].say(body(scene));
};
const text = (words: string): Content => ({ kind: "text", text: words });

const ROWS: readonly Row[] = [
  {
    name: "create",
    members: 0,
    act: (scene) => create(scene, 3),
  },
  {
    name: "invite",
    members: 3,
    act: says("owner", ({ dora }) => ({ kind: "members-add", users: [dora.user] })),
  },
  {
    name: "invite by a link",
    members: 3,
    act: says("owner", ({ token }) => ({ kind: "link-create", token })),
  },
  {
    name: "join",
    members: 3,
    before: says("owner", ({ token }) => ({ kind: "link-create", token })),
    act: says("dora", ({ token }) => ({ kind: "join", token })),
  },
  {
    name: "take a link back",
    members: 3,
    before: says("owner", ({ token }) => ({ kind: "link-create", token })),
    act: says("owner", ({ token }) => ({ kind: "link-revoke", link: token.slice(0, 8) })),
  },
  { name: "leave", members: 3, act: says("ben", () => ({ kind: "leave" })) },
  {
    name: "remove",
    members: 3,
    act: says("owner", ({ ben }) => ({ kind: "members-remove", users: [ben.user] })),
  },
  {
    name: "role",
    members: 3,
    act: says("owner", ({ ben }) => ({ kind: "member-role", user: ben.user, role: "admin" })),
  },
  {
    name: "hand over",
    members: 3,
    act: says("owner", ({ ben }) => ({ kind: "member-role", user: ben.user, role: "owner" })),
  },
  {
    name: "mute",
    members: 3,
    act: says("owner", ({ ben }) => ({
      kind: "member-silence",
      user: ben.user,
      until: 4_102_444_800_000,
    })),
  },
  {
    name: "rename",
    members: 3,
    act: says("owner", () => ({ kind: "group-change", title: "Sea" })),
  },
  { name: "send", members: 3, act: says("ben", () => text("three")) },
  { name: "edit", members: 3, act: says("ben", () => ({ kind: "edit", target: 3, text: "new" })) },
  { name: "recall", members: 3, act: says("ben", () => ({ kind: "recall", target: 3 })) },
  {
    name: "react",
    members: 3,
    act: says("ben", () => ({ kind: "reaction", target: 2, emoji: "👍", on: true })),
  },
  { name: "mark", members: 3, act: readByBen, told: 0, until: isKnownToBeRead },
  {
    name: "grow beyond copies",
    members: 4,
    act: says("owner", ({ eve }) => ({ kind: "members-add", users: [eve.user] })),
  },
  {
    name: "shrink to copies",
    members: 5,
    before: says("owner", ({ eve }) => ({ kind: "members-remove", users: [eve.user] })),
    act: says("owner", ({ dora }) => ({ kind: "members-remove", users: [dora.user] })),
  },
  {
    name: "send to many",
    members: 5,
    act: says("ben", ({ cleo }) => ({ kind: "text", text: "look", mentions: [cleo.user] })),
    told: 1,
  },
  {
    name: "recall before many",
    members: 5,
    act: says("ben", () => ({ kind: "recall", target: 4 })),
  },
];

const POINTS: Readonly<Record<string, CrashPoint>> = {
  "before the commit": { kind: "before-commit" },
  "after the commit": { kind: "after-commit" },
  "and its author, before the answer": { kind: "author-ends" },
  "when the first was told": { kind: "group-ends", nth: 1 },
  "when the second was told": { kind: "group-ends", nth: 2 },
  "and the first that is told, before its commit": {
    kind: "member-ends",
    nth: 1,
    committed: false,
  },
  "and the first that is told, after its commit": { kind: "member-ends", nth: 1, committed: true },
};

function create({ owner, people }: Scene, members: number) {
  const users = people.slice(1, members).map(({ user }) => user);
  return owner.say({ kind: "group-create", title: "Trip", members: users, history: "start" });
}

/** Reads all but the last; resolves when the group can have heard of it. */
async function readByBen({ ben, conversation }: Scene): Promise<void> {
  ben.device.send({ t: "read", conversation, number: READ });
  await ben.device.settle();
}

async function stage({ members, before }: Row): Promise<Scene> {
  const conversation = groupConversation(freshId());
  const make = () => new Person(conversation);
  const [owner, ben, cleo, dora, eve] = [make(), make(), make(), make(), make()];
  const people = [owner, ben, cleo, dora, eve];
  const scene = { conversation, people, owner, ben, cleo, dora, eve, token: freshId() };
  await Promise.all(people.map((person) => person.comeBack()));
  if (members === 0) return scene;
  await create(scene, members);
  await owner.say(text("one"));
  await untilAtRest(scene);
  await ben.say(text("two"));
  await before?.(scene);
  await untilAtRest(scene);
  return scene;
}

/** The call by which the group hears of what is done: it brings a message, or marks. */
function isActed({ conversations }: HandOff): boolean {
  return conversations.some(({ append, marks }) => append !== undefined || (marks?.read ?? 0) > 0);
}

async function play(row: Row, point?: CrashPoint): Promise<{ scene: Scene; struck: boolean }> {
  const scene = await stage(row);
  const crash = point === undefined ? undefined : armCrash(scene.conversation, point, isActed);
  await row.act(scene);
  const struck = () => crash?.struck() ?? true;
  await within(async () => {
    await runAlarms(scene);
    return struck();
  });
  // What is said next is about what is there then, so that all know of it.
  await untilAtRest(scene);
  await scene.owner.say(text("last"));
  await untilAtRest(scene);
  await within(async () => {
    if (row.until === undefined || (await row.until(scene))) return true;
    await runAlarms(scene);
    return false;
  });
  return { scene, struck: struck() };
}

/** Ends in time at any rate: what is wrong then is told by what is compared. */
async function within(isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  while (!(await isSo()) && Date.now() < deadline);
}

/** All that there is in the end, in names that are the same in each play. */
async function stateOf(scene: Scene): Promise<string> {
  const { conversation, people } = scene;
  const state = {
    log: await logOf(conversation),
    members: [...(await membersOf(conversation)).values()],
    links: (await groupSql(conversation, "SELECT link FROM links")).length,
    isRead: await isKnownToBeRead(scene),
    seen: await Promise.all(people.map((person) => seenBy(person, conversation))),
    rows: await Promise.all(people.map((person) => conversationOf(person, conversation))),
  };
  const names = new Map([
    [conversation, "the group"],
    [scene.token.slice(0, 8), "the link"],
  ]);
  for (const [index, { device, user }] of people.entries()) {
    names.set(user, `person ${index}`).set(device.device, `device ${index}`);
  }
  const times = ["at", "seq", "since", "acceptedAt", "createdAt", "lastAt"];
  const lines = JSON.stringify(state, (key, value) => (times.includes(key) ? 0 : value), 1);
  return [...names].reduce((all, [name, role]) => all.replaceAll(name, role), lines);
}

/**
 * Marks that nobody made, where a member's view begins, come with whatever else is to be said. Who goes
 * has passed over all there was: whether a row says so depends on when the group is quiet.
 */
async function isKnownToBeRead({ conversation, ben }: Scene): Promise<boolean> {
  if ((await membersOf(conversation)).get(ben.user)?.state !== "member") return false;
  const rows = await groupSql(conversation, "SELECT state FROM cursors");
  const cursors = rows.flatMap(
    ({ state }) => JSON.parse(String(state)) as { user: string; read: number }[],
  );
  return cursors.some(({ user, read }) => user === ben.user && read >= READ);
}

async function conversationOf({ user }: Person, conversation: string): Promise<unknown> {
  const response = await api("/v1/conversations", user);
  const body = (await response.json()) as { conversations: { conversation: string }[] };
  return body.conversations.find((one) => one.conversation === conversation) ?? null;
}

describe.each(ROWS)("R3 R9 R15 $name, and an object ends", (row) => {
  const calm = { state: "" };
  beforeAll(async () => {
    calm.state = await stateOf((await play(row)).scene);
  });

  const points = Object.entries(POINTS).filter(
    ([, point]) => !("nth" in point) || point.nth <= (row.told ?? 2),
  );
  test.concurrent.each(points)("%s", async (_, point) => {
    const { scene, struck } = await play(row, point);
    expect(struck).toBe(true);
    let state = await stateOf(scene);
    await within(async () => {
      if (state === calm.state) return true;
      await runAlarms(scene);
      state = await stateOf(scene);
      return false;
    });
    expect(JSON.parse(state)).toEqual(JSON.parse(calm.state));
  });
});
