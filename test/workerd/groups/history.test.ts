/** History over HTTP where a member's own object has few of a group's entries: whole all the same. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Entry } from "../../../protocol/entries.ts";
import { LIMITS, utf8Bytes } from "../../../protocol/limits.ts";
import { breakCallsTo } from "../faults.ts";
import { deviceOf } from "../objects.ts";
import { api, freshPolicy, newUser, type RawDevice } from "../support.ts";
import { entryAt, newGroup, placeOf, tell } from "./support.ts";

const COPY_MEMBERS = 3;
const CANARY = "not for everybody";

type Place = Partial<Record<"before" | "after" | "around", number>>;

interface Page {
  readonly entries: readonly Entry[];
  readonly more: boolean;
  readonly newer: boolean;
}

beforeEach(() => freshPolicy({ groupCopyMembers: COPY_MEMBERS, rateBurst: 1_000 }));

async function ask(user: string, conversation: string, place: Place, limit: number) {
  const query = new URLSearchParams(
    Object.entries({ ...place, limit }).map(([name, value]) => [name, String(value)]),
  );
  const path = `/v1/conversations/${encodeURIComponent(conversation)}/messages`;
  return api(`${path}?${query}`, user);
}

async function pageOf(user: string, conversation: string, place: Place = {}, limit = 200) {
  return (await (await ask(user, conversation, place, limit)).json()) as Page;
}

const numbers = ({ entries }: Page) => entries.map(({ number }) => number);

/** Number 1 made it, 2 made it large; up to 12 both have said something. */
async function large() {
  const { conversation, devices } = await newGroup(COPY_MEMBERS + 1);
  await Promise.all(
    devices.map((one) => placeOf(one, conversation, ({ mode }) => mode === "large")),
  );
  const [a, b, c, d] = devices as [RawDevice, RawDevice, RawDevice, RawDevice];
  for (let i = 3; i <= 12; i += 1) await tell(i % 2 === 0 ? a : b, conversation, `m${i}`);
  return { conversation, a, b, c, d };
}

describe("R26 history of a large group over HTTP", () => {
  test.each<[Place, number, number[], boolean, boolean]>([
    [{}, 3, [12, 11, 10], true, false],
    [{ before: 5 }, 3, [4, 3, 2], true, true],
    [{ before: 3 }, 9, [2, 1], false, true],
    [{ after: 0 }, 3, [3, 2, 1], false, true],
    [{ after: 12 }, 3, [], true, false],
    [{ before: 1 }, 3, [], false, true],
    [{ around: 6 }, 5, [8, 7, 6, 5, 4], true, true],
    [{ around: 4_000 }, 2, [12, 11], true, false],
  ])("R26 %j, %i at most: no holes", async (place, limit, expected, more, newer) => {
    const { conversation, c } = await large();
    const page = await pageOf(c.user, conversation, place, limit);
    expect(numbers(page)).toEqual(expected);
    expect(page).toMatchObject({ more, newer });
    for (const { conversation: id } of page.entries) expect(id).toBe(conversation);
  });

  test("R11 what was taken back, edited or reacted to is told as it is now", async () => {
    const { conversation, a, c } = await large();
    await tell(a, conversation, { kind: "recall", target: 4 });
    await tell(a, conversation, { kind: "edit", target: 6, text: "better" });
    await tell(a, conversation, { kind: "reaction", target: 8, emoji: "+", on: true });
    const { entries } = await pageOf(c.user, conversation);
    expect(entries.find(({ number }) => number === 4)?.body).toMatchObject({ kind: "recalled" });
    expect(entries.find(({ number }) => number === 6)?.body).toMatchObject({ text: "better" });
    const reacted = entries.find(({ number }) => number === 8);
    expect(reacted?.changes).toEqual({ reactions: { "+": [a.user] } });
    expect(JSON.stringify(entries)).not.toContain("m4");
  });

  test("R15 who joins later reads from then on; strangers and who is out read nothing", async () => {
    const { conversation, a, d } = await large();
    await tell(a, conversation, CANARY);
    const late = await deviceOf(newUser("late"));
    const add = await tell(a, conversation, { kind: "members-add", users: [late.user] });
    const { number } = await tell(a, conversation, "welcome");
    await placeOf(late, conversation);
    const page = await pageOf(late.user, conversation);
    expect(numbers(page)).toEqual([number, add.number]);
    expect(page).toMatchObject({ more: false, newer: false });

    await tell(a, conversation, { kind: "members-remove", users: [d.user] });
    await placeOf(d, conversation, ({ state }) => state === "removed");
    const out = await (await ask(d.user, conversation, {}, 200)).text();
    expect(out).not.toContain(CANARY);
    expect(out).not.toContain("m5");
    const stranger = await ask(newUser("stranger"), conversation, {}, 200);
    expect(stranger.status).toBe(404);
  });

  test("R15 who was removed reads nothing, though their own object has not heard of it", async () => {
    const { conversation, a, d } = await large();
    breakCallsTo(d.user, "before");
    await tell(a, conversation, { kind: "members-remove", users: [d.user] });
    const answer = await ask(d.user, conversation, {}, 200);
    breakCallsTo(d.user, undefined);
    expect(answer.status).toBe(404);
  });

  test("R26 a page is bounded in bytes and goes on from there", async () => {
    const { conversation, a, c } = await large();
    const long = "x".repeat(8_000);
    for (let i = 0; i < 10; i += 1) await tell(a, conversation, `${i}${long}`);
    const text = await (await ask(c.user, conversation, {}, 200)).text();
    expect(utf8Bytes(text)).toBeLessThanOrEqual(LIMITS.pageBytes);
    const first = JSON.parse(text) as Page;
    expect(first.more).toBe(true);
    const before = Math.min(...numbers(first).map((number = 0) => number));
    const rest = await pageOf(c.user, conversation, { before });
    expect([...numbers(first), ...numbers(rest)]).toEqual(
      Array.from({ length: 22 }, (_, index) => 22 - index),
    );
  });

  test("R26 back to copies, what lies before them is in the log, and the rest is the reader's own", async () => {
    const { conversation, a, b, c, d } = await large();
    await tell(a, conversation, { kind: "members-remove", users: [d.user, c.user] });
    const { copyFrom = 0 } = await placeOf(b, conversation, ({ mode }) => mode === "copy");
    const { number = 0 } = await tell(a, conversation, "copied");
    await entryAt(b, conversation, number ?? 0);
    const all = await pageOf(b.user, conversation);
    expect(numbers(all)).toEqual(Array.from({ length: 15 }, (_, index) => 15 - index));
    const copied = await pageOf(b.user, conversation, { after: copyFrom - 1 });
    expect(numbers(copied)).toEqual([15, 14]);
    expect(copied.entries.every(({ seq }) => seq > 0)).toBe(true);
  });
});
