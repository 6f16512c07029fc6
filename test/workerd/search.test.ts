/** Looking for messages over HTTP, in a user's own object, awake or just woken. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Content } from "../../protocol/entries.ts";
import { directConversation } from "../../protocol/ids.ts";
import { LIMITS } from "../../protocol/limits.ts";
import type { SearchPage } from "../../protocol/search.ts";
import { crash, deviceOf, evict, fireAlarm, pairAtHome, rowCount, sqlOf } from "./objects.ts";
import { api, freshPolicy, newUser, type RawDevice } from "./support.ts";
import { fileContent, PNG, read } from "./uploads.ts";

interface Pair {
  readonly a: RawDevice;
  readonly b: RawDevice;
  readonly conversation: string;
}

beforeEach(() =>
  freshPolicy({ rateBurst: 1_000_000, ratePerSecond: 1_000_000, checkpointRows: 8, searchRows: 8 }),
);

async function pair(): Promise<Pair> {
  const [home, other] = pairAtHome();
  const [a, b] = [await deviceOf(home), await deviceOf(other)];
  return { a, b, conversation: directConversation(home, other) };
}

async function say({ a, b, conversation }: Pair, body: string | Content, by = a): Promise<number> {
  const { number, error } = await by.result(by.sayIn(conversation, body));
  if (number == null) throw new Error(`refused: ${JSON.stringify(error)}`);
  const isThere = (one: RawDevice) => one.until(() => one.entries.find((e) => e.number === number));
  await Promise.all([isThere(a), isThere(b)]);
  return number;
}

async function ask(user: string, query: Record<string, string | number>): Promise<SearchPage> {
  const texts = Object.entries(query).map(([name, value]) => [name, String(value)]);
  const response = await api(`/v1/search?${new URLSearchParams(texts)}`, user);
  expect(response.status).toBe(200);
  return (await response.json()) as SearchPage;
}

async function numbers(user: string, q: string, filter: Record<string, string | number> = {}) {
  const { hits } = await ask(user, { q, ...filter });
  return hits.map(({ entry }) => entry.number).sort((x = 0, y = 0) => x - y);
}

async function refusal(user: string, query: string): Promise<unknown> {
  const response = await api(`/v1/search${query}`, user);
  const { error } = (await response.json()) as { error: object };
  return { status: response.status, ...error };
}

/** As much as a batch and more, so that what was said before is indexed. */
async function fill(talk: Pair): Promise<void> {
  for (let index = 0; index < 10; index++) await say(talk, `filler ${index}`);
  expect(await rowCount(talk.a.user, "search")).toBeGreaterThan(0);
}

describe("search", () => {
  test("finds what both said, before and after it is indexed, asleep or crashed", async () => {
    const talk = await pair();
    const [home, other] = [talk.a.user, talk.b.user];
    await say(talk, "Lunch at the Café tomorrow?");
    await say(talk, "I prefer the cafeteria", talk.b);
    const look = async () => {
      for (const user of [home, other]) {
        expect(await numbers(user, "cafe")).toEqual([1, 2]);
        expect(await numbers(user, '"the café"')).toEqual([1]);
        expect(await numbers(user, "cafe", { from: other })).toEqual([2]);
        expect(await numbers(user, "nothing")).toEqual([]);
      }
    };
    await look();
    await fill(talk);
    await look();
    await evict(home, other);
    await look();
    await crash();
    await look();
  });

  test("finds Chinese, Japanese and Korean from two characters on", async () => {
    const talk = await pair();
    await say(talk, "我们明天去北京吃烤鸭");
    await say(talk, "東京タワーで会いましょう");
    await say(talk, "내일 서울에서 만나요");
    const look = async () => {
      expect(await numbers(talk.b.user, "北京")).toEqual([1]);
      expect(await numbers(talk.b.user, "烤鸭")).toEqual([1]);
      expect(await numbers(talk.b.user, "タワー")).toEqual([2]);
      expect(await numbers(talk.b.user, "서울")).toEqual([3]);
      expect(await numbers(talk.b.user, "京")).toEqual([1, 2]);
      const { hits } = await ask(talk.b.user, { q: "タワ" });
      expect(hits[0]?.highlights).toEqual([{ field: "text", from: 2, to: 4 }]);
    };
    await look();
    await fill(talk);
    await look();
  });

  test("R11 what was recalled or edited away is found nowhere, and is in no row", async () => {
    const talk = await pair();
    const secret = await say(talk, "the xylophone arrives");
    const typo = await say(talk, "meet at the harbour, zeppelin");
    await fill(talk);
    expect(await numbers(talk.b.user, "xylophone")).toEqual([secret]);
    await say(talk, { kind: "recall", target: secret });
    await say(talk, { kind: "edit", target: typo, text: "meet at the airport, zeppelin" });
    for (const user of [talk.a.user, talk.b.user]) {
      expect(await numbers(user, "xylophone")).toEqual([]);
      expect(await numbers(user, "harbour")).toEqual([]);
      expect(await numbers(user, "airport")).toEqual([typo]);
      expect(JSON.stringify(await sqlOf(user, "SELECT * FROM search"))).not.toContain("xylophone");
      expect(JSON.stringify(await sqlOf(user, "SELECT * FROM timeline"))).not.toContain("xylo");
    }
    await crash();
    expect(await numbers(talk.a.user, "xylophone")).toEqual([]);
    expect(await numbers(talk.a.user, "airport")).toEqual([typo]);
  });

  test("R11 captions are found as they were edited last, and go with the recall", async () => {
    const talk = await pair();
    const content = await fileContent(talk.a.user, PNG, "one.png");
    const target = await say(talk, { ...content, caption: "a walrus" });
    await fill(talk);
    await say(talk, { kind: "edit", target, text: "a pangolin" });
    for (const user of [talk.a.user, talk.b.user]) {
      expect(await numbers(user, "walrus")).toEqual([]);
      expect(await numbers(user, "pangolin")).toEqual([target]);
      expect((await read(user, talk.conversation, target, content.file)).status).toBe(200);
    }
    await say(talk, { kind: "edit", target, text: "" });
    expect(await numbers(talk.b.user, "pangolin")).toEqual([]);
    expect(await numbers(talk.b.user, "one.png")).toEqual([target]);
    await say(talk, { kind: "recall", target });
    for (const user of [talk.a.user, talk.b.user]) {
      expect(await numbers(user, "one.png")).toEqual([]);
      const rows = JSON.stringify(await sqlOf(user, "SELECT * FROM timeline"));
      expect(rows).not.toMatch(/walrus|pangolin/);
    }
  });

  test("keeps to a conversation, a sender and a time", async () => {
    const talk = await pair();
    const note = { ...talk, conversation: directConversation(talk.a.user, talk.a.user) };
    await say(talk, "where is the report?", talk.b);
    const { number: own } = await talk.a.result(talk.a.sayIn(note.conversation, "write report"));
    expect(own).toBe(1);
    await fill(talk);
    const me = talk.a.user;
    expect(await numbers(me, "report", { conversation: note.conversation })).toEqual([1]);
    expect((await ask(me, { q: "report" })).hits).toHaveLength(2);
    const [hit] = (await ask(me, { q: "where report" })).hits;
    const at = hit?.entry.at ?? 0;
    expect(await numbers(me, "where", { after: at })).toEqual([1]);
    expect(await numbers(me, "where", { before: at })).toEqual([]);
    expect(await numbers(me, "where", { before: at + 1, from: talk.b.user })).toEqual([1]);
  });

  test("pages tell every hit once, better and newer ones first", async () => {
    const talk = await pair();
    for (let index = 0; index < 30; index++) await say(talk, `needle in haystack ${index}`);
    const best = await say(talk, "needle");
    const seen: (number | undefined)[] = [];
    let page: string | undefined;
    do {
      const answer = await ask(talk.b.user, {
        q: "needle",
        limit: 7,
        ...(page === undefined ? {} : { page }),
      });
      seen.push(...answer.hits.map(({ entry }) => entry.number));
      // What comes in meanwhile shifts nothing.
      if (page === undefined) await say(talk, "needle, later");
      page = answer.next;
    } while (page !== undefined);
    expect(seen[0]).toBe(best);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.toSorted((x = 0, y = 0) => x - y)).toEqual(
      Array.from({ length: 31 }, (_, index) => index + 1),
    );
  });

  test("the send path writes no row of the index: a batch does, and the alarm", async () => {
    const talk = await pair();
    const me = talk.a.user;
    await freshPolicy({ rateBurst: 1_000, checkpointRows: 1_000, searchRows: 8 });
    for (let index = 0; index < 12; index++) await say(talk, `quiet ${index}`);
    expect(await rowCount(me, "search")).toBe(0);
    expect(await numbers(me, "quiet")).toHaveLength(12);
    await fireAlarm(me);
    expect(await rowCount(me, "search")).toBeGreaterThan(0);
    expect(await numbers(me, "quiet")).toHaveLength(12);
  });

  test("R15 nobody finds what others said to each other", async () => {
    const talk = await pair();
    await say(talk, "between us only");
    const stranger = newUser("eve");
    await deviceOf(stranger);
    expect(await numbers(stranger, "between")).toEqual([]);
    expect(await refusal(stranger, `?q=between&conversation=${talk.conversation}`)).toMatchObject({
      status: 404,
      code: "not-found",
    });
  });

  test.each([
    ["?q=", "q", "words"],
    ["?q=%22%22", "q", "words"],
    ["?q=***", "q", "words"],
    [`?q=${"x".repeat(LIMITS.searchBytes + 1)}`, "q", `max-bytes:${LIMITS.searchBytes}`],
    [`?q=${"a+".repeat(33)}`, "q", "max-terms:32"],
    ["", "q", "query-or-filter"],
    ["?after=1", "q", "query-or-filter"],
    ["?hasFile=false", "q", "query-or-filter"],
    ["?q=x&hasFile=maybe", "hasFile", undefined],
    ["?q=x&from=%20", "from", "user-id"],
    ["?q=x&conversation=nonsense", "conversation", "conversation-id"],
    ["?q=x&before=-1", "before", "whole-number"],
    ["?q=x&page=1%20OR%201", "page", "search-page"],
    ["?q=x&limit=51", "limit", undefined],
    ["?q=x&sort=new", "sort", undefined],
  ])("R14 %s is refused", async (query, field, rule) => {
    const user = newUser("asker");
    expect(await refusal(user, query)).toMatchObject({
      status: 400,
      code: "bad-field",
      field,
      ...(rule === undefined ? {} : { rule }),
    });
  });

  test("R14 nothing in a query is a command", async () => {
    const talk = await pair();
    await say(talk, "plain words, nothing else");
    for (const q of [
      "'; DROP TABLE timeline; --",
      'x" OR "1"="1',
      "NEAR(plain words)",
      "*",
      "plain\n\t",
    ]) {
      const response = await api(`/v1/search?q=${encodeURIComponent(q)}`, talk.a.user);
      expect([200, 400]).toContain(response.status);
    }
    expect(await numbers(talk.a.user, "plain\n\twords")).toEqual([1]);
  });
});
