import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LIMITS } from "../../protocol/limits.ts";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { applyChange, type Change, refuseChange } from "../../worker/core/changes.ts";
import type { LogRow } from "../../worker/core/row.ts";
import { logRow } from "./fixtures/rows.ts";

const DAY_MS = 86_400_000;
const message = logRow({ number: 1, at: 1_000, body: { kind: "text", text: "original" } });
const FILE = {
  kind: "file",
  file: "f".repeat(22),
  name: "cat.png",
  type: "image/png",
  bytes: 1,
  hash: "0".repeat(64),
} as const;
const edit: Change = { kind: "edit", target: 1, text: "edited" };
const recall: Change = { kind: "recall", target: 1 };
const thumb: Change = { kind: "reaction", target: 1, emoji: "👍", on: true };

function refusal(
  change: Change,
  target: LogRow | undefined,
  author = "alice",
  now = 2_000,
  edits = 0,
) {
  return refuseChange(change, target, edits, author, now, DEFAULT_SETTINGS);
}

function changed(row: LogRow, change: Change, number: number, author = "alice"): LogRow {
  return { ...row, ...applyChange(row, change, number, author) };
}

describe("who may change what", () => {
  const recalled = { ...message, body: { kind: "recalled", by: "alice" } as const };
  const custom = { ...message, body: { kind: "custom", type: "x", data: "x" } as const };
  const place = { ...message, body: { kind: "location", latitude: 1, longitude: 2 } as const };
  const file = { ...message, body: FILE };
  const edited = { ...message, body: edit };
  test.each([
    ["an edit of one's own text", edit, message, "alice", null],
    ["of the caption of one's own file", edit, file, "alice", null],
    ["of another's caption", edit, file, "bob", "not-allowed"],
    ["that takes a caption away", { ...edit, text: "" }, file, "alice", null],
    ["that leaves no text", { ...edit, text: "" }, message, "alice", "not-allowed"],
    ["of another's", edit, message, "bob", "not-allowed"],
    ["of nothing", edit, undefined, "alice", "not-found"],
    ["of what was recalled", edit, recalled, "alice", "gone"],
    ["of custom content", edit, custom, "alice", "not-allowed"],
    ["of a place", edit, place, "alice", "not-allowed"],
    ["a recall of a place", recall, place, "alice", null],
    ["a reaction to a place", thumb, place, "bob", null],
    ["of an edit", edit, edited, "alice", "not-allowed"],
    ["a recall of one's own text", recall, message, "alice", null],
    ["of custom content of one's own", recall, custom, "alice", null],
    ["of another's", recall, message, "bob", "not-allowed"],
    ["of what was recalled", recall, recalled, "alice", "gone"],
    ["a reaction to another's text", thumb, message, "bob", null],
    ["to custom content", thumb, custom, "bob", null],
    ["to what was recalled", thumb, recalled, "bob", "gone"],
    ["taken back that was never given", { ...thumb, on: false }, message, "bob", "not-found"],
  ] as const)("R11 %s", (_, change, target, author, code) => {
    expect(refusal(change, target, author)).toBe(code);
  });

  test("R11 edits and recalls have their time, reactions always have", () => {
    const end = message.at + DAY_MS;
    for (const change of [edit, recall]) {
      expect(refusal(change, message, "alice", end)).toBeNull();
      expect(refusal(change, message, "alice", end + 1)).toBe("too-late");
    }
    expect(refusal(thumb, message, "bob", end * 100)).toBeNull();
  });

  test("R14 the number of emoji and of edits is bounded", () => {
    const emoji = Array.from({ length: LIMITS.emojiPerMessage }, (_, i) => [`e${i}`, ["bob"]]);
    const full = { ...message, changes: { reactions: Object.fromEntries(emoji) } };
    expect(refusal(thumb, full, "bob")).toBe("too-big");
    expect(refusal({ ...thumb, emoji: "e3" }, full, "alice")).toBeNull();
    expect(refusal(edit, message, "alice", 2_000, LIMITS.editsPerMessage - 1)).toBeNull();
    expect(refusal(edit, message, "alice", 2_000, LIMITS.editsPerMessage)).toBe("too-big");
    expect(refusal(recall, message, "alice", 2_000, LIMITS.editsPerMessage)).toBeNull();
  });
});

describe("what a change does", () => {
  test("R8 an edit replaces the text, keeps what it replies to, and names itself", () => {
    const reply = { ...message, body: { kind: "text", text: "original", replyTo: 7 } as const };
    expect(changed(reply, edit, 5)).toMatchObject({
      body: { kind: "text", text: "edited", replyTo: 7 },
      changes: { edited: 5 },
    });
  });

  test("R8 an edit of a file replaces its caption, or takes it away, and nothing else of it", () => {
    const file = { ...message, body: { ...FILE, caption: "a dog" } };
    const said = changed(file, edit, 5);
    expect(said).toMatchObject({ body: { ...FILE, caption: "edited" }, changes: { edited: 5 } });
    const silent = changed(said, { ...edit, text: "" }, 6);
    expect(silent).toMatchObject({ body: FILE, changes: { edited: 6 } });
    expect(silent.body).not.toHaveProperty("caption");
    expect(changed(silent, edit, 5)).toEqual(silent);
  });

  test("R8 reactions are a set per emoji", () => {
    const both = changed(changed(message, thumb, 2, "bob"), thumb, 3, "alice");
    expect(both.changes).toEqual({ reactions: { "👍": ["alice", "bob"] } });
    const one = changed(both, { ...thumb, on: false }, 4, "bob");
    expect(one.changes).toEqual({ reactions: { "👍": ["alice"] } });
    expect(changed(one, { ...thumb, on: false }, 5, "alice").changes).toBeNull();
  });

  test("R11 after a recall nothing of the message is left, and nothing changes it any more", () => {
    const busy = changed(changed(message, edit, 2), thumb, 3, "bob");
    const gone = changed(busy, recall, 4);
    expect(gone).toMatchObject({ body: { kind: "recalled", by: "alice" }, changes: null });
    for (const change of [edit, thumb, recall]) expect(changed(gone, change, 9)).toEqual(gone);
  });

  test("R8 emoji that are named like what every object inherits", () => {
    for (const emoji of ["__proto__", "constructor", "toString"]) {
      const on = changed(message, { ...thumb, emoji }, 2, "bob");
      expect(Object.entries(on.changes?.reactions ?? {})).toEqual([[emoji, ["bob"]]]);
      expect(changed(on, { ...thumb, emoji, on: false }, 3, "bob").changes).toBeNull();
    }
  });

  const change: fc.Arbitrary<{ change: Change; author: string }> = fc.record({
    author: fc.constantFrom("alice", "bob"),
    change: fc.oneof(
      fc.record({
        kind: fc.constant("edit" as const),
        target: fc.constant(1),
        text: fc.string({ minLength: 1, maxLength: 4 }),
      }),
      fc.record({
        kind: fc.constant("reaction" as const),
        target: fc.constant(1),
        emoji: fc.constantFrom("👍", "❤️"),
        on: fc.boolean(),
      }),
      fc.constant(recall),
    ),
  });

  test("R8 applying each entry twice, or the whole log twice, changes nothing", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), (log) => {
        const play = (row: LogRow, times: number) =>
          log.reduce((at, one, index) => {
            let next = at;
            for (let i = 0; i < times; i++) next = changed(next, one.change, index + 2, one.author);
            return next;
          }, row);
        const once = play(message, 1);
        expect(play(message, 2)).toEqual(once);
        expect(play(once, 1)).toEqual(once);
      }),
    );
  });

  test("R8 a copy that takes the changed message first and the log after ends the same", () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 12 }), fc.nat(12), (log, ahead) => {
        const play = (row: LogRow, part: typeof log, from: number) =>
          part.reduce((at, one, i) => changed(at, one.change, from + i, one.author), row);
        const home = play(message, log, 2);
        const replicated = play(message, log.slice(0, ahead), 2);
        expect(play(replicated, log, 2)).toEqual(home);
      }),
    );
  });
});
