import type { Body } from "../../../protocol/entries.ts";
import type { ErrorCode } from "../../../protocol/errors.ts";
import { LIMITS } from "../../../protocol/limits.ts";
import type { Management } from "./management.ts";
import { type Action, may } from "./rights.ts";
import { type GroupState, type Link, linkIdOf, type Member, membershipOf } from "./state.ts";

/** What is there when an entry about the group itself is judged. */
export interface GroupView {
  readonly group: GroupState | undefined;
  readonly member: (user: string) => Member | undefined;
  /** Who owns the group when its owner goes; undefined: nobody is left. */
  readonly heir: (owner: string) => Member | undefined;
  readonly links: () => readonly Link[];
  readonly link: (id: string) => Link | undefined;
}

/** What becomes of the group by one entry. */
export interface Plan {
  /** How the entry stands in the log. */
  readonly body: Body;
  readonly group: GroupState;
  readonly members: readonly Member[];
  readonly link?: Link;
  readonly revoked?: string;
}

/** Who says it, and under which number it would stand. */
export interface Claimant {
  readonly user: string;
  readonly number: number;
  readonly now: number;
}

type Judged = Plan | ErrorCode;

/** Judges what somebody wants of the group; says why not, or what follows. */
export function planChange(view: GroupView, by: Claimant, content: Management): Judged {
  const { group } = view;
  if (content.kind === "group-create") return create(view, by, content);
  const author = view.member(by.user);
  // A way in is looked for first: what never was costs a stranger as much as what is closed.
  const link = content.kind === "join" ? view.link(linkIdOf(content.token)) : undefined;
  if (group === undefined) return "not-found";
  if (content.kind === "join") return join({ ...view, group }, by, content.token, link);
  if (author?.state !== "member") return "not-found";
  const scene: Scene = { ...view, group, author, ...by };
  switch (content.kind) {
    case "group-change":
      return change(scene, content);
    case "members-add":
      return add(scene, content.users);
    case "members-remove":
      return remove(scene, content.users);
    case "member-role":
      return content.role === "owner"
        ? handOver(scene, content)
        : appoint(scene, content, content.role);
    case "member-silence":
      return silence(scene, content);
    case "leave":
      return leave(scene);
    case "link-create":
      return createLink(scene, content);
    case "link-revoke":
      return revokeLink(scene, content.link);
    case "ttl":
      return setTtl(scene, content);
  }
}

interface Scene extends GroupView, Claimant {
  readonly group: GroupState;
  readonly author: Member;
}

type Of<K extends Management["kind"]> = Extract<Management, { kind: K }>;

function allows(scene: Scene, action: Action, over?: Member): boolean {
  return may(action, scene.author.role, scene.group, over?.role);
}

function create(view: GroupView, by: Claimant, content: Of<"group-create">): Judged {
  if (view.group !== undefined) {
    return view.member(by.user)?.state === "member" ? "not-allowed" : "not-found";
  }
  const { title, picture = "", about = "" } = content;
  const others = [...new Set(content.members)].filter((user) => user !== by.user);
  const members = [by.user, ...others].map((user, slot) => newMember(user, slot, by, by.number));
  const group: GroupState = {
    title,
    ...shown(picture, by.user),
    ...described(about),
    writers: content.writers ?? "all",
    inviters: content.inviters ?? "admins",
    history: content.history ?? "join",
    mode: "copy",
    copyFrom: by.number,
    version: by.number,
    size: members.length,
    slots: members.length,
  };
  const owned = members.map((one) =>
    one.user === by.user ? { ...one, role: "owner" as const } : one,
  );
  return { body: { ...content, members: others }, group, members: owned };
}

function newMember(
  user: string,
  slot: number,
  by: Pick<Claimant, "user" | "number">,
  from: number,
): Member {
  const { number } = by;
  return {
    user,
    ...(by.user === user ? {} : { by: by.user }),
    slot,
    state: "member",
    role: "member",
    from,
    since: number,
    version: number,
    silencedUntil: null,
    parting: null,
  };
}

function change(scene: Scene, content: Of<"group-change">): Judged {
  if (!allows(scene, "change")) return "not-allowed";
  const { picture, pictureBy, about = "", ...rest } = scene.group;
  const before = {
    ...(picture === undefined ? {} : { picture }),
    ...(pictureBy === undefined ? {} : { pictureBy }),
  };
  const group: GroupState = {
    ...rest,
    title: content.title ?? rest.title,
    ...(content.picture === undefined ? before : shown(content.picture, scene.user)),
    ...described(content.about ?? about),
    writers: content.writers ?? rest.writers,
    inviters: content.inviters ?? rest.inviters,
    history: content.history ?? rest.history,
    version: scene.number,
  };
  return { body: content, group, members: [] };
}

function setTtl(scene: Scene, content: Of<"ttl">): Judged {
  if (!allows(scene, "change")) return "not-allowed";
  const { ttlSeconds: _, ...rest } = scene.group;
  const { seconds } = content;
  const lasting = { ...rest, version: scene.number };
  const group = seconds === null ? lasting : { ...lasting, ttlSeconds: seconds };
  return { body: content, group, members: [] };
}

/** Its bytes are those of whoever shows it. */
function shown(picture: string, pictureBy: string) {
  return picture === "" ? {} : { picture, pictureBy };
}

/** Empty words are no words. */
function described(about: string) {
  return about === "" ? {} : { about };
}

/** Those who are there already are passed over; who comes back keeps the place of before. */
function bringIn(
  view: { readonly group: GroupState } & GroupView,
  users: readonly string[],
  by: Pick<Claimant, "user" | "number">,
) {
  const absent = [...new Set(users)].filter((user) => view.member(user)?.state !== "member");
  let { slots } = view.group;
  const fromStart = view.group.history === "start";
  const members = absent.map((user) => {
    const known = view.member(user);
    const from = fromStart ? (known?.from ?? 1) : by.number;
    const slot = known?.slot ?? slots;
    if (known === undefined) slots += 1;
    return newMember(user, slot, by, from);
  });
  const group = { ...view.group, size: view.group.size + members.length, slots };
  return { members, group };
}

function add(scene: Scene, users: readonly string[]): Judged {
  if (!allows(scene, "add")) return "not-allowed";
  const { members, group } = bringIn(scene, users, scene);
  if (members.length === 0) return "not-allowed";
  if (group.size > LIMITS.membersPerGroup) return "too-big";
  const added = members.map(({ user }) => user);
  return { body: { kind: "members-add", users: added }, group, members };
}

/** Who was removed is let in by a member only, never by a link. */
function join(
  view: GroupView & { readonly group: GroupState },
  by: Claimant,
  token: string,
  link: Link | undefined,
): Judged {
  const isOpen = link?.token === token && (link.expiresAt === null || link.expiresAt > by.now);
  const known = view.member(by.user);
  if (known?.state === "member") return "not-allowed";
  if (!isOpen || known?.state === "removed") return "not-found";
  const { members, group } = bringIn(view, [by.user], by);
  if (group.size > LIMITS.membersPerGroup) return "too-big";
  return { body: { kind: "joined", link: link.link }, group, members };
}

function remove(scene: Scene, users: readonly string[]): Judged {
  const targets = [...new Set(users)].map((user) => scene.member(user));
  const there = targets.filter((one) => one?.state === "member");
  if (there.length < targets.length)
    return may("remove", scene.author.role, scene.group) ? "not-found" : "not-allowed";
  if (there.some((one) => one === undefined || !allows(scene, "remove", one))) return "not-allowed";
  const members = there.flatMap((one) =>
    one === undefined ? [] : [parted(scene, one, "removed")],
  );
  const group = { ...scene.group, size: scene.group.size - members.length };
  const removed = members.map(({ user }) => user);
  return { body: { kind: "members-remove", users: removed }, group, members };
}

function parted(scene: Scene, member: Member, state: "left" | "removed"): Member {
  const gone = { ...member, state, role: "member", version: scene.number } as const;
  const told = membershipOf(scene.group, { ...gone, silencedUntil: null });
  return { ...gone, parting: { ...told, version: scene.number } };
}

/** An owner who goes leaves the group to who has been an admin longest, or else a member. */
function leave(scene: Scene): Judged {
  const { author, group, number } = scene;
  const heir = author.role === "owner" ? scene.heir(author.user) : undefined;
  const owner = heir === undefined ? [] : [{ ...heir, role: "owner" as const, version: number }];
  const members = [parted(scene, author, "left"), ...owner];
  return { body: { kind: "leave" }, group: { ...group, size: group.size - 1 }, members };
}

function present(scene: Scene, user: string): Member | undefined {
  const member = scene.member(user);
  return member?.state === "member" ? member : undefined;
}

function appoint(scene: Scene, content: Of<"member-role">, role: "admin" | "member"): Judged {
  const target = present(scene, content.user);
  if (target === undefined) return "not-found";
  if (!allows(scene, "appoint", target)) return "not-allowed";
  const { group, number: version } = scene;
  return { body: content, group, members: [{ ...target, role, version }] };
}

function handOver(scene: Scene, content: Of<"member-role">): Judged {
  const target = present(scene, content.user);
  if (target === undefined) return "not-found";
  if (!allows(scene, "hand-over", target)) return "not-allowed";
  const { author, group, number: version } = scene;
  const owner = { ...target, role: "owner", version, silencedUntil: null } as const;
  return { body: content, group, members: [owner, { ...author, role: "admin", version }] };
}

function silence(scene: Scene, content: Of<"member-silence">): Judged {
  const target = present(scene, content.user);
  if (target === undefined) return "not-found";
  if (!allows(scene, "silence", target)) return "not-allowed";
  const { group, number: version } = scene;
  return { body: content, group, members: [{ ...target, silencedUntil: content.until, version }] };
}

function createLink(scene: Scene, { token, expiresAt }: Of<"link-create">): Judged {
  if (!allows(scene, "link")) return "not-allowed";
  const id = linkIdOf(token);
  const known = scene.links();
  if (known.some(({ link }) => link === id)) return "conflict";
  if (known.length >= LIMITS.linksPerGroup) return "too-big";
  const { group, user: by, now: at } = scene;
  const link: Link = { link: id, token, by, at, expiresAt: expiresAt ?? null };
  const until = expiresAt === undefined ? {} : { expiresAt };
  return { body: { kind: "link-created", link: id, ...until }, group, members: [], link };
}

function revokeLink(scene: Scene, link: string): Judged {
  if (!allows(scene, "link")) return "not-allowed";
  if (!scene.links().some((one) => one.link === link)) return "not-found";
  return { body: { kind: "link-revoke", link }, group: scene.group, members: [], revoked: link };
}
