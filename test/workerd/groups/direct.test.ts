/** What only a group can be told is refused where there is none. */
import { beforeAll, expect, test } from "vitest";
import type { Content } from "../../../protocol/entries.ts";
import { directConversation } from "../../../protocol/ids.ts";
import { deviceOf } from "../objects.ts";
import { freshPolicy, newUser } from "../support.ts";

const TOKEN = "abcdefghijklmnopqrstuv";

beforeAll(() => freshPolicy());

const CONTENTS: readonly Content[] = [
  { kind: "group-create", title: "Trip", members: [] },
  { kind: "group-change", title: "Trip" },
  { kind: "members-add", users: ["bob"] },
  { kind: "members-remove", users: ["bob"] },
  { kind: "member-role", user: "bob", role: "admin" },
  { kind: "member-silence", user: "bob", until: null },
  { kind: "leave" },
  { kind: "join", token: TOKEN },
  { kind: "link-create", token: TOKEN },
  { kind: "link-revoke", link: TOKEN.slice(0, 8) },
];

test.each(CONTENTS)("R14 $kind is not allowed between two people", async (body) => {
  const a = await deviceOf(newUser("a"));
  for (const other of [newUser("b"), a.user]) {
    const conversation = directConversation(a.user, other);
    const answer = await a.submit({ conversation, counter: 1, prev: 0, body });
    expect(answer.error).toEqual({ code: "not-allowed" });
  }
});
