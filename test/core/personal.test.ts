/** What a user keeps about conversations for themself: the pure half. */
import { describe, expect, test } from "vitest";
import { arranged, comparePlaces, FOREVER, PLAIN_ARRANGEMENT } from "../../protocol/arrange.ts";
import type { Membership } from "../../protocol/groups.ts";
import { advance, newConversation } from "../../worker/core/conversation.ts";
import { personalState } from "../../worker/core/personal.ts";
import { logRow, privateRow, TALK } from "./fixtures/rows.ts";

const BOB = { user: "bob", device: "deviceofbob", counter: 1 };

describe("R21 how a conversation is arranged", () => {
  test("R21 a change touches what it names", () => {
    const pinned = arranged(PLAIN_ARRANGEMENT, { pinned: true });
    const muted = arranged(pinned, { mutedUntil: FOREVER });
    expect(muted).toEqual({ ...PLAIN_ARRANGEMENT, pinned: true, mutedUntil: FOREVER });
    expect(arranged(muted, { mutedUntil: null, folders: ["work"] })).toEqual({
      ...PLAIN_ARRANGEMENT,
      pinned: true,
      folders: ["work"],
    });
  });

  test("R21 pinned ones come first, archived ones last, each with the newest first", () => {
    const place = (id: string, at: number, pinned = false, archived = false) => {
      return { id, at, pinned, archived };
    };
    const places = [
      place("a", 1),
      place("b", 2),
      place("b2", 2),
      place("c", 0, true),
      place("d", 9, false, true),
      place("e", 8, true, true),
      place("f", 1, true),
    ];
    const order = places.sort(comparePlaces).map(({ id }) => id);
    expect(order).toEqual(["f", "c", "b", "b2", "a", "d", "e"]);
  });
});

describe("R21 folding private rows", () => {
  test("R21 the newest row of a kind counts, and a read mark takes back `marked unread`", () => {
    const state = newConversation(TALK);
    const arrangement = { ...PLAIN_ARRANGEMENT, pinned: true, markedUnread: true };
    advance(state, logRow({ body: { kind: "text", text: "x" }, origin: BOB, at: 5 }), "alice");
    advance(state, privateRow(2, { kind: "arrangement", ...arrangement }), "alice");
    advance(
      state,
      privateRow(3, { kind: "draft", version: 1, device: "device01", text: "a" }),
      "alice",
    );
    expect(personalState(state)).toMatchObject({
      arrangement: { pinned: true, markedUnread: true },
      draft: { version: 1, text: "a" },
    });
    advance(state, privateRow(4, { kind: "read", number: 1, unread: 0 }), "alice");
    expect(state.arrangement).toEqual({ ...arrangement, markedUnread: false });
  });

  test("R21 whoever is no member any more has not marked the group as unread", () => {
    const state = newConversation("group:g");
    const place = (version: number, state: "member" | "left"): Membership => ({
      ...{ kind: "membership", version, from: 1, state, role: "member", title: "Trip" },
      ...{ writers: "all", inviters: "admins", history: "join", mode: "copy" },
    });
    const arrangement = { ...PLAIN_ARRANGEMENT, markedUnread: true };
    advance(state, privateRow(1, place(1, "member")), "alice");
    advance(state, privateRow(2, { kind: "arrangement", ...arrangement }), "alice");
    advance(state, privateRow(3, place(2, "left")), "alice");
    expect(state.arrangement).toEqual(PLAIN_ARRANGEMENT);
    advance(state, privateRow(4, { kind: "arrangement", ...arrangement }), "alice");
    expect(state.arrangement).toEqual(arrangement);
  });

  test("R21 a mention by others lasts until it is read or recalled", () => {
    const state = newConversation(TALK);
    const says = (number: number, fields: object, user = "bob") => {
      const body = { kind: "text" as const, text: "x", ...fields };
      advance(state, logRow({ number, body, origin: { ...BOB, user } }), "alice");
    };
    says(1, { mentions: ["alice"] });
    says(2, { mentions: ["carol"] });
    says(3, { everyone: true });
    says(4, { mentions: ["alice"] }, "alice");
    says(5, { mentions: ["bob", "alice"] });
    expect(state.mentions).toEqual([1, 3, 5]);
    advance(state, privateRow(6, { kind: "read", number: 2, unread: 2 }), "alice");
    expect(state.mentions).toEqual([3, 5]);
    advance(
      state,
      logRow({ number: 6, seq: 7, body: { kind: "recall", target: 5 }, origin: BOB }),
      "alice",
    );
    expect(personalState(state).mentions).toEqual([3]);
  });
});
