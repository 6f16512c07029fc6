/** What a large group tells, and what this user's place there makes of it: the one may outrun the other. */
import { beforeAll, describe, expect, test } from "vitest";
import { loadParts } from "../../client/engine/parts.ts";
import { fair, place, state } from "../support/client/fair.ts";
import { GROUP, textsOf } from "../support/client/group-talk.ts";

beforeAll(loadParts);

describe("a large group and one's place there", () => {
  test("R7 what it tells before one's place is known is taken with that, its count included", async () => {
    const { client, server, say, pass, head, settle } = await fair();
    server.note(GROUP, place({ version: 2, state: "left" }));
    await settle();
    for (let i = 1; i <= 1_500; i += 1) say(`m${i}`);
    head(1_000);
    pass(say("the newest"));
    await settle();
    expect(textsOf(client)).toEqual([]);
    server.note(GROUP, place({ version: 3 }));
    await settle();
    expect(textsOf(client).at(-1)).toBe("the newest");
    expect(state(client)).toEqual({ unread: 1_001, head: 1_501 });
  });

  test("R9 whoever goes has not read what a later stay brings", async () => {
    const { client, server, say, head, settle } = await fair();
    for (const text of ["one", "two"]) say(text);
    head(2);
    await settle();
    for (const text of ["gone", "back", "five", "six"]) say(text);
    // Told at once, and the timeline is behind.
    head(6);
    await settle();
    server.note(GROUP, place({ version: 3, state: "left" }));
    server.note(GROUP, place({ version: 4 }));
    await settle();
    expect(state(client)).toEqual({ unread: 3, head: 6 });
    expect(textsOf(client)).toEqual(["one", "two", "gone", "back", "five", "six"]);
  });

  test("R15 what the timeline withheld while one was out is shown as the log has it", async () => {
    const { client, server, say, pass, settle } = await fair();
    pass(say("one"));
    await settle();
    const mine = say("mine", "alice:phone:1");
    server.note(GROUP, place({ version: 2, state: "left" }));
    server.skipTo(GROUP, 2);
    server.arrive(GROUP, { kind: "withheld" }, mine.id);
    await settle();
    server.note(GROUP, place({ version: 3 }));
    pass(say("three"));
    await settle();
    expect(textsOf(client)).toEqual(["one", "mine", "three"]);
  });

  test("R9 what is read here is not unread again by a head that has not heard of it", async () => {
    const { client, server, say, head, settle } = await fair();
    for (const text of ["one", "two", "three"]) say(text);
    head(3);
    await settle();
    server.rule = ({ t }) => (t === "read" ? "swallow" : undefined);
    await client.markRead(GROUP, 3);
    say("four");
    head(4);
    await settle();
    expect(state(client)).toEqual({ unread: 1, head: 4 });
  });
});
