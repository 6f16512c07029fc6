/** Whatever somebody else may choose freely is looked up as a name, never as a property. */
import { describe, expect, test } from "vitest";
import { lab, TALK } from "../support/client/lab.ts";

/** What every object has, whether or not it was put there. */
const INHERITED = [
  "constructor",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "__proto__",
  "prototype",
];

describe("R14: names that every object has", () => {
  test.each(INHERITED)("a reaction that says %s is one like any other", async (emoji) => {
    const { client, server, clock } = await lab().started();
    server.text(TALK, "what do you say?");
    const id = "bob:bobs-phone:7";
    server.arrive(TALK, { kind: "reaction", target: 1, emoji, on: true }, id);
    server.text(TALK, "and this?");
    await clock.advance(1_000);
    expect(server.frames.filter(({ t }) => t === "nack")).toEqual([]);
    const { messages } = await client.history(TALK, { limit: 10 });
    expect(messages).toHaveLength(2);
    expect(Object.entries(messages[0]?.reactions ?? {})).toEqual([[emoji, ["bob"]]]);
    expect(Object.hasOwn(messages[0]?.reactions ?? {}, emoji)).toBe(true);
  });

  test("a reaction is taken back again", async () => {
    const { client, server, clock } = await lab().started();
    server.text(TALK, "what do you say?");
    for (const on of [true, false]) {
      const id = `bob:bobs-phone:${on ? 7 : 8}`;
      server.arrive(TALK, { kind: "reaction", target: 1, emoji: "__proto__", on }, id);
    }
    await clock.advance(1_000);
    server.text(TALK, "and this?");
    await clock.advance(1_000);
    const { messages } = await client.history(TALK, { limit: 10 });
    expect(messages).toHaveLength(2);
    expect(Object.keys(messages[0]?.reactions ?? { none: true })).toEqual([]);
  });
});
