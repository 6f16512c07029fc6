/** Pages of a conversation's log from anywhere in it, by frame and over HTTP. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Entry } from "../../protocol/entries.ts";
import { directConversation } from "../../protocol/ids.ts";
import { LIMITS, utf8Bytes } from "../../protocol/limits.ts";
import type { ServerFrame } from "../../protocol/server-frames.ts";
import { crash, deviceOf, evict, pairAtHome } from "./objects.ts";
import { api, freshPolicy, newUser, type RawDevice } from "./support.ts";

type Page = Pick<Extract<ServerFrame, { t: "history" }>, "entries" | "more" | "newer">;
type Place = Partial<Record<"before" | "after" | "around", number>>;

beforeEach(() => freshPolicy({ rateBurst: 1_000, checkpointRows: 16 }));

/** Both have said things in turn, forty in all; the home's device and the other one's. */
async function talked(texts = Array.from({ length: 40 }, (_, index) => `m${index + 1}`)) {
  const [home, other] = pairAtHome();
  const [a, b] = [await deviceOf(home), await deviceOf(other)];
  const conversation = directConversation(home, other);
  for (const [index, text] of texts.entries()) {
    const by = index % 2 === 0 ? a : b;
    await by.result(by.sayIn(conversation, text));
  }
  await a.texts(texts.length);
  await b.texts(texts.length);
  return { a, b, conversation };
}

async function overSocket(device: RawDevice, conversation: string, place: Place, limit: number) {
  device.send({ t: "history", ref: "h", conversation, limit, ...place });
  const { entries, more, newer } = await device.next("history");
  return { entries, more, newer };
}

async function overHttp(user: string, conversation: string, place: Place, limit: number) {
  const numbers = Object.entries({ ...place, limit }).map(([name, value]) => `${name}=${value}`);
  const path = `/v1/conversations/${encodeURIComponent(conversation)}/messages`;
  return (await (await api(`${path}?${numbers.join("&")}`, user)).json()) as Page;
}

const numbers = ({ entries }: { entries: readonly Entry[] }) => entries.map(({ number }) => number);

describe("history", () => {
  test.each<[Place, number, number[], boolean, boolean]>([
    [{}, 3, [40, 39, 38], true, false],
    [{ before: 5 }, 3, [4, 3, 2], true, true],
    [{ before: 3 }, 9, [2, 1], false, true],
    [{ after: 0 }, 3, [3, 2, 1], false, true],
    [{ after: 37 }, 9, [40, 39, 38], true, false],
    [{ around: 20 }, 5, [22, 21, 20, 19, 18], true, true],
    [{ around: 1 }, 3, [3, 2, 1], false, true],
    [{ around: 40 }, 3, [40, 39, 38], true, false],
    [{ around: 4_000 }, 2, [40, 39], true, false],
  ])("%j, %i at most, at home and in the copy, by frame and over HTTP", async (...line) => {
    const [place, limit, expected, more, newer] = line;
    const { a, b, conversation } = await talked();
    for (const device of [a, b]) {
      const page = await overSocket(device, conversation, place, limit);
      expect(numbers(page)).toEqual(expected);
      expect(page).toMatchObject({ more, newer });
      expect(await overHttp(device.user, conversation, place, limit)).toEqual(page);
      await evict(device.user);
      expect(await overSocket(device, conversation, place, limit)).toEqual(page);
    }
    await crash();
    expect(numbers(await overHttp(b.user, conversation, place, limit))).toEqual(expected);
  });

  test("goes both ways from where one jumped to, back to the beginning and to the end", async () => {
    const { b, conversation } = await talked();
    const first = await overSocket(b, conversation, { around: 17 }, 4);
    const seen = numbers(first);
    for (let page = first; page.more; ) {
      page = await overSocket(b, conversation, { before: Math.min(...(seen as number[])) }, 7);
      seen.push(...numbers(page));
    }
    for (let page = first; page.newer; ) {
      page = await overSocket(b, conversation, { after: Math.max(...(seen as number[])) }, 7);
      seen.unshift(...numbers(page));
    }
    expect(seen.toSorted((x = 0, y = 0) => x - y)).toEqual(
      Array.from({ length: 40 }, (_, index) => index + 1),
    );
  });

  test("a page fits into a frame, and has what it is about", async () => {
    const { a, conversation } = await talked(Array.from({ length: 24 }, () => "x".repeat(8_000)));
    const page = await overSocket(a, conversation, { around: 12 }, 24);
    expect(numbers(page)).toContain(12);
    expect(page).toMatchObject({ more: true, newer: true });
    expect(utf8Bytes(JSON.stringify(page))).toBeLessThanOrEqual(LIMITS.pageBytes);
    expect(page.entries.length).toBeGreaterThan(5);
    const next = await overSocket(a, conversation, { after: page.entries[0]?.number ?? 0 }, 24);
    expect(next.entries.at(-1)?.number).toBe((page.entries[0]?.number ?? 0) + 1);
  });

  test("R14 two places at once are none", async () => {
    const { a, conversation } = await talked(["one"]);
    a.send({ t: "history", ref: "h", conversation, limit: 1, before: 1, around: 1 });
    const { of, ref, error } = await a.next("error");
    const rule = "one-of:before,after,around";
    expect({ of, ref, error }).toEqual({
      of: "history",
      ref: "h",
      error: { code: "bad-field", field: "", rule },
    });
    const path = `/v1/conversations/${encodeURIComponent(conversation)}/messages`;
    const response = await api(`${path}?before=1&after=1`, a.user);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: "bad-field", rule } });
  });

  test("R15 a stranger is told nothing, wherever the page is", async () => {
    const { conversation } = await talked(["one"]);
    const stranger = await deviceOf(newUser("eve"));
    for (const place of [{ around: 1 }, { after: 0 }]) {
      stranger.send({ t: "history", ref: "h", conversation, limit: 1, ...place });
      expect(await stranger.next("error")).toMatchObject({ error: { code: "not-found" } });
    }
  });
});
