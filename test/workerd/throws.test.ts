/** Turns that break half-way: a statement fails, whatever else was done in that turn. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { directConversation } from "../../protocol/ids.ts";
import { ObjectSql } from "../../worker/object-sql.ts";
import type { SqlValue } from "../../worker/sql.ts";
import { alarmOf, deviceOf, fireAlarm, pairAtHome, rowCount, sqlOf } from "./objects.ts";
import { freshPolicy, newUser } from "./support.ts";

const { all } = ObjectSql.prototype;

/**
 * Fails the first statement from now on that begins like this and is about this text. Objects of
 * other tests may still be at work, so it must be a text of this test alone.
 */
function failStatement(beginning: string, about = ""): void {
  let failed = false;
  ObjectSql.prototype.all = function (this: ObjectSql, statement: string, ...bindings: SqlValue[]) {
    const isMeant = statement.startsWith(beginning) && bindings.join().includes(about);
    if (isMeant && !failed) {
      failed = true;
      throw new Error("the disk is full");
    }
    return all.call(this, statement, ...bindings);
  };
}

beforeEach(() => freshPolicy());

afterEach(() => {
  ObjectSql.prototype.all = all;
});

describe("R14 a turn that breaks", () => {
  test("R14 leaves nothing, says so, and the object goes on", async () => {
    const a = await deviceOf(newUser("alice"));
    const conversation = directConversation(a.user, a.user);
    const items = [1, 2, 3].map((counter) => ({
      conversation,
      counter,
      prev: counter - 1,
      body: { kind: "text" as const, text: `m${counter}` },
    }));
    failStatement("INSERT INTO timeline", "m3");
    a.send({ t: "submit", items });
    expect((await a.next("error")).error).toEqual({ code: "internal" });
    expect(await rowCount(a.user)).toBe(0);
    a.send({ t: "submit", items });
    expect(await a.texts(3)).toEqual(["m1", "m2", "m3"]);
    expect(a.entries.map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  test("R14 an edit is applied wholly or not at all", async () => {
    const a = await deviceOf(newUser("alice"));
    const conversation = directConversation(a.user, a.user);
    await a.result(a.say(a.user, "original"));
    failStatement("UPDATE timeline", "edited");
    const body = { kind: "edit", target: 1, text: "edited" } as const;
    const item = { conversation, counter: 2, prev: 1, body };
    a.send({ t: "submit", items: [item] });
    await a.next("error");
    expect(await sqlOf(a.user, "SELECT number, body FROM timeline")).toEqual([
      { number: 1, body: '{"kind":"text","text":"original"}' },
    ]);
    expect(await a.submit(item)).toMatchObject({ number: 2 });
  });

  test("R13 an alarm that breaks is set again, and does its work then", async () => {
    const [home, member] = pairAtHome();
    const a = await deviceOf(member);
    const b = await deviceOf(home);
    // The home's own turn breaks: for the member the call failed, and its message is promised.
    failStatement("INSERT INTO timeline", "hold fast");
    expect(await a.result(a.say(home, "hold fast"))).toMatchObject({ number: null });
    failStatement("DELETE FROM pending");
    await fireAlarm(member);
    await a.settle();
    expect(await alarmOf(member)).not.toBeNull();
    await fireAlarm(member);
    await fireAlarm(home);
    expect(await a.texts(1)).toEqual(["hold fast"]);
    expect(await b.texts(1)).toEqual(["hold fast"]);
    expect(await rowCount(member, "pending")).toBe(0);
  });

  test("R14 other users do not notice", async () => {
    const [home, member] = pairAtHome();
    const [a, b] = [await deviceOf(home), await deviceOf(member)];
    const witness = await deviceOf(newUser("witness"));
    failStatement("INSERT INTO timeline", "lost");
    a.say(member, "lost");
    await a.next("error");
    expect(await witness.result(witness.say(witness.user, "fine"))).toMatchObject({ number: 1 });
    await b.settle();
    expect(b.entries).toEqual([]);
  });
});
