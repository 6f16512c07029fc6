import { describe, expect, test } from "vitest";
import { LIMITS } from "../../../protocol/limits.ts";
import type { Management } from "../../../worker/core/group/management.ts";
import { type GroupView, type Plan, planChange } from "../../../worker/core/group/plan.ts";
import {
  type GroupState,
  type Link,
  type Member,
  membershipOf,
} from "../../../worker/core/group/state.ts";

const TOKEN = "tokentok-0123456789abc";
const NUMBER = 10;
const NOW = 1_000;

const GROUP: GroupState = {
  title: "Trip",
  picture: "p",
  writers: "all",
  inviters: "admins",
  history: "join",
  mode: "copy",
  copyFrom: 1,
  version: 1,
  size: 4,
  slots: 6,
};

function member(user: string, slot: number, rest: Partial<Member> = {}): Member {
  return {
    user,
    slot,
    state: "member",
    role: "member",
    from: 1,
    since: 1,
    version: 1,
    silencedUntil: null,
    parting: null,
    ...rest,
  };
}

const OLGA = member("olga", 0, { role: "owner" });
const ANNA = member("anna", 1, { role: "admin" });
const MAX = member("max", 2);
const MIA = member("mia", 3);
const LEA = member("lea", 4, { state: "left", version: 5, from: 3 });
const RON = member("ron", 5, { state: "removed", version: 6, from: 4 });
const LINK: Link = { link: "tokentok", token: TOKEN, by: "olga", at: 1, expiresAt: null };

interface Scene {
  readonly group?: GroupState | undefined;
  readonly members?: readonly Member[];
  readonly links?: readonly Link[];
}

function view({ members = [OLGA, ANNA, MAX, MIA, LEA, RON], ...rest }: Scene = {}): GroupView {
  return {
    group: "group" in rest ? rest.group : GROUP,
    member: (user) => members.find((one) => one.user === user),
    heir: (owner) => members.find((one) => one.user !== owner && one.state === "member"),
    links: () => rest.links ?? [LINK],
    link: (id) => (rest.links ?? [LINK]).find(({ link }) => link === id),
  };
}

function plan(user: string, content: Management, scene?: Scene) {
  return planChange(view(scene), { user, number: NUMBER, now: NOW }, content);
}

function planned(user: string, content: Management, scene?: Scene): Plan {
  const made = plan(user, content, scene);
  if (typeof made === "string") throw new Error(made);
  return made;
}

describe("refusals", () => {
  const add: Management = { kind: "members-add", users: ["zoe"] };
  const remove = (user: string): Management => ({ kind: "members-remove", users: [user] });
  const role = (user: string, to: "owner" | "admin" | "member"): Management => ({
    kind: "member-role",
    user,
    role: to,
  });
  const silence = (user: string): Management => ({ kind: "member-silence", user, until: 5_000 });
  const link: Management = { kind: "link-create", token: "another0-0123456789abc" };
  const join: Management = { kind: "join", token: TOKEN };

  test.each<[string, string, Management, string, Scene?]>([
    ["a stranger can't add", "zoe", add, "not-found"],
    ["nor who has left", "lea", add, "not-found"],
    ["nor who was removed", "ron", add, "not-found"],
    ["nor anybody where there is no group", "olga", add, "not-found", { group: undefined }],
    ["a member can't add where admins do", "max", add, "not-allowed"],
    ["nobody adds who is there", "olga", { kind: "members-add", users: ["max"] }, "not-allowed"],
    ["a member can't remove", "max", remove("mia"), "not-allowed"],
    ["nor learn by it who is there", "max", remove("zoe"), "not-allowed"],
    ["an admin can't remove the owner", "anna", remove("olga"), "not-allowed"],
    ["nobody removes oneself", "olga", remove("olga"), "not-allowed"],
    ["nobody removes who is not there", "olga", remove("lea"), "not-found"],
    ["an admin can't appoint", "anna", role("max", "admin"), "not-allowed"],
    ["an admin can't take over", "anna", role("anna", "owner"), "not-allowed"],
    ["who is not there can't own", "olga", role("lea", "owner"), "not-found"],
    ["a member can't silence", "max", silence("mia"), "not-allowed"],
    ["an admin can't silence the owner", "anna", silence("olga"), "not-allowed"],
    ["a member can't change it", "max", { kind: "group-change", title: "x" }, "not-allowed"],
    ["a member makes no link", "max", link, "not-allowed"],
    ["a name is taken once", "olga", { kind: "link-create", token: TOKEN }, "conflict"],
    [
      "there are so many links",
      "olga",
      link,
      "too-big",
      { links: Array<Link>(LIMITS.linksPerGroup).fill(LINK) },
    ],
    ["no link, no revoking", "olga", { kind: "link-revoke", link: "unknown0" }, "not-found"],
    ["a member joins no more", "max", join, "not-allowed"],
    ["who was removed joins by no link", "ron", join, "not-found"],
    ["no link, no joining", "zoe", join, "not-found", { links: [] }],
    ["nor by an expired one", "zoe", join, "not-found", { links: [{ ...LINK, expiresAt: NOW }] }],
    [
      "nor by its name alone",
      "zoe",
      { kind: "join", token: "tokentok-another456789" },
      "not-found",
    ],
    [
      "a full group takes nobody",
      "zoe",
      join,
      "too-big",
      { group: { ...GROUP, size: LIMITS.membersPerGroup } },
    ],
    [
      "a group is made once",
      "zoe",
      { kind: "group-create", title: "mine", members: [] },
      "not-found",
    ],
    [
      "also for its members",
      "max",
      { kind: "group-create", title: "mine", members: [] },
      "not-allowed",
    ],
  ])("%s", (_, user, content, code, scene) => {
    expect(plan(user, content, scene)).toBe(code);
  });
});

describe("what follows", () => {
  const byUser = (made: Plan) => Object.fromEntries(made.members.map((one) => [one.user, one]));

  test("R25 a group begins with its owner and members, each once", () => {
    const create: Management = {
      kind: "group-create",
      title: "Trip",
      about: "",
      members: ["max", "olga", "max", "mia"],
    };
    const made = planned("olga", create, { group: undefined, members: [] });
    expect(made.body).toEqual({ ...create, members: ["max", "mia"] });
    expect(made.group).toMatchObject({ title: "Trip", size: 3, slots: 3, mode: "copy" });
    expect(made.group).not.toHaveProperty("about");
    expect(made.members.map(({ user, role, slot }) => [user, role, slot])).toEqual([
      ["olga", "owner", 0],
      ["max", "member", 1],
      ["mia", "member", 2],
    ]);
  });

  test("who is added sees from there on; who comes back keeps the place of before", () => {
    const made = planned("olga", { kind: "members-add", users: ["zoe", "max", "ron", "zoe"] });
    expect(made.body).toEqual({ kind: "members-add", users: ["zoe", "ron"] });
    expect(made.group).toMatchObject({ size: 6, slots: 7 });
    expect(byUser(made)).toMatchObject({
      zoe: { slot: 6, from: NUMBER, since: NUMBER, version: NUMBER, state: "member" },
      ron: { slot: 5, from: NUMBER, state: "member", parting: null },
    });
  });

  test("where the group shows its past, new members see all of it", () => {
    const scene = { group: { ...GROUP, history: "start" } } as const;
    const made = planned("olga", { kind: "members-add", users: ["zoe", "lea"] }, scene);
    expect(byUser(made)).toMatchObject({ zoe: { from: 1 }, lea: { from: 3 } });
  });

  test("the log has a link's name, never its token", () => {
    const token = "another0-0123456789abc";
    const create: Management = { kind: "link-create", token, expiresAt: 9_000 };
    const made = planned("anna", create);
    expect(made.body).toEqual({ kind: "link-created", link: "another0", expiresAt: 9_000 });
    expect(made.link).toEqual({ link: "another0", token, by: "anna", at: NOW, expiresAt: 9_000 });
    const joined = planned("zoe", { kind: "join", token: TOKEN });
    expect(joined.body).toEqual({ kind: "joined", link: "tokentok" });
    expect(JSON.stringify(joined)).not.toContain(TOKEN);
  });

  test("R15 who goes is told what the group was then, and nothing later", () => {
    const made = planned("anna", { kind: "members-remove", users: ["max"] });
    const { max } = byUser(made);
    if (max === undefined) throw new Error("max is in the plan");
    const later = { ...made.group, title: "Another", version: 99 };
    expect(membershipOf(later, max)).toMatchObject({
      state: "removed",
      version: NUMBER,
      title: "Trip",
    });
    expect(made.group.size).toBe(3);
  });

  test("R25 an owner who leaves has an heir", () => {
    const made = planned("olga", { kind: "leave" });
    expect(byUser(made)).toMatchObject({
      olga: { state: "left", role: "member" },
      anna: { role: "owner", version: NUMBER },
    });
    const last = planned("olga", { kind: "leave" }, { members: [OLGA] });
    expect(last.members).toHaveLength(1);
  });

  test("an owner who hands over stays as an admin, and the heir may speak", () => {
    const silenced = { ...MAX, silencedUntil: 9_000 };
    const scene = { members: [OLGA, silenced] };
    const made = planned("olga", { kind: "member-role", user: "max", role: "owner" }, scene);
    expect(byUser(made)).toMatchObject({
      olga: { role: "admin" },
      max: { role: "owner", silencedUntil: null },
    });
  });

  test("what is changed counts from its number on, and an empty word is none", () => {
    const made = planned("anna", { kind: "group-change", title: "Tour", picture: "" });
    expect(made.group).toMatchObject({ title: "Tour", version: NUMBER, writers: "all" });
    expect(made.group).not.toHaveProperty("picture");
    expect(membershipOf(made.group, MAX)).toMatchObject({ version: NUMBER, title: "Tour" });
  });

  test("silence ends when it is taken back", () => {
    const silenced = planned("anna", { kind: "member-silence", user: "max", until: 5_000 });
    expect(byUser(silenced)).toMatchObject({ max: { silencedUntil: 5_000, version: NUMBER } });
    const again = planned("anna", { kind: "member-silence", user: "max", until: null });
    expect(byUser(again)).toMatchObject({ max: { silencedUntil: null } });
  });
});
