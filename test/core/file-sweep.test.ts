import { expect, test } from "vitest";
import type { FileContent } from "../../protocol/media.ts";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import type { Effect } from "../../worker/user.ts";
import { LoneUser, NOW, TALK } from "./fixtures/lone-user.ts";

const { unusedFileMs } = DEFAULT_SETTINGS;
const HASH = "0".repeat(64);
const [FIRST = "", SECOND = ""] = ["A", "B"].map((letter) => letter.repeat(22));

function uploaded(user: LoneUser, file: string, now = NOW, bytes = 10): FileContent {
  user.ask({ kind: "upload-begin", file, bytes, hash: HASH }, now);
  const type = "image/png";
  expect(user.ask({ kind: "upload-stored", file, type }, now)).toMatchObject({ ok: true });
  return { kind: "file", file, name: "x", type, bytes, hash: HASH };
}

function sent(user: LoneUser, content: FileContent, counter = 1): void {
  submit(user, counter, content);
}

function submit(user: LoneUser, counter: number, body: object): void {
  if (counter === 1) user.connect("device-1", null);
  const item = { conversation: TALK, counter, prev: counter - 1, body };
  user.say("device-1#1", { t: "submit", items: [item] }, user.now);
  // The other side has it: nothing is owed.
  user.reply(counter);
}

/** Alarms until one erases something; the files that it is about. */
function sweep(user: LoneUser, until: number): readonly string[] {
  while (user.sql.alarmAt !== null && user.sql.alarmAt <= until) {
    const erased = erasedBy(user.alarm());
    if (erased.length > 0) return erased;
  }
  return [];
}

function erasedBy(effects: readonly Effect[]): readonly string[] {
  return effects.flatMap((effect) =>
    effect.kind === "erase"
      ? effect.files.filter(({ whole }) => whole).map(({ file }) => file)
      : [],
  );
}

function statusOf(user: LoneUser, file: string): unknown {
  return user.sql.all("SELECT status FROM files WHERE file = ?", file)[0]?.["status"];
}

test("R13 an upload that was never finished is erased, and not before its time", () => {
  const user = new LoneUser();
  user.ask({ kind: "upload-begin", file: FIRST, bytes: 10, hash: HASH });
  expect(user.sql.alarmAt).toBe(NOW + unusedFileMs);
  expect(sweep(user, NOW + unusedFileMs - 1)).toEqual([]);
  expect(sweep(user, NOW + unusedFileMs)).toEqual([FIRST]);
});

test("a file that no message names is erased, one that a message names is kept", () => {
  const user = new LoneUser();
  uploaded(user, FIRST);
  sent(user, uploaded(user, SECOND));
  expect(sweep(user, NOW + unusedFileMs)).toEqual([FIRST]);
  user.erased([FIRST]);
  expect(statusOf(user, FIRST)).toBeUndefined();
  expect(statusOf(user, SECOND)).toBe("kept");
  sweep(user, NOW + 10 * unusedFileMs);
  expect(statusOf(user, SECOND)).toBe("kept");
});

test("a thumbnail is named by its message too", () => {
  const user = new LoneUser();
  const { file: thumbnail } = uploaded(user, FIRST);
  sent(user, { ...uploaded(user, SECOND), thumbnail });
  expect(sweep(user, NOW + unusedFileMs)).toEqual([]);
  expect(statusOf(user, FIRST)).toBe("kept");
});

test("a picture is kept while it may stand for its user, and not when another one does", () => {
  const user = new LoneUser();
  const { file: first } = uploaded(user, FIRST);
  const { file: second } = uploaded(user, SECOND);
  for (const picture of [first, second]) user.ask({ kind: "picture-wanted", picture });
  // Both: whether the directory has taken the second is not known yet.
  expect(sweep(user, NOW + unusedFileMs)).toEqual([]);
  expect([first, second].map((file) => statusOf(user, file))).toEqual(["kept", "kept"]);
  user.ask({ kind: "picture-shown", picture: second }, NOW + unusedFileMs);
  expect(sweep(user, NOW + 2 * unusedFileMs)).toEqual([FIRST]);
  user.erased([FIRST]);
  expect(statusOf(user, SECOND)).toBe("kept");
  user.ask({ kind: "picture-shown" }, NOW + 2 * unusedFileMs);
  expect(sweep(user, NOW + 3 * unusedFileMs)).toEqual([SECOND]);
});

test("R13 what could not be erased, or was forgotten in a crash, is erased by the next sweep", () => {
  const user = new LoneUser();
  uploaded(user, FIRST);
  expect(sweep(user, NOW + unusedFileMs)).toEqual([FIRST]);
  user.crash();
  expect(statusOf(user, FIRST)).toBe("dead");
  expect(sweep(user, NOW + 2 * unusedFileMs)).toEqual([FIRST]);
  // Nobody can use it meanwhile, or begin it anew under bytes that are about to go.
  const again = user.ask({ kind: "upload-begin", file: FIRST, bytes: 10, hash: HASH });
  expect(again).toMatchObject({ ok: false, code: "busy" });
  user.erased([FIRST]);
  const anew = user.ask({ kind: "upload-begin", file: FIRST, bytes: 10, hash: HASH });
  expect(anew).toMatchObject({ ok: true });
});

test("R11 the file of a recalled message is erased, unless another message names it", () => {
  const user = new LoneUser();
  const content = uploaded(user, FIRST);
  sent(user, content);
  submit(user, 2, content);
  submit(user, 3, { kind: "recall", target: 1 });
  sweep(user, NOW + unusedFileMs);
  expect(statusOf(user, FIRST)).toBe("kept");

  const other = new LoneUser();
  sent(other, uploaded(other, SECOND));
  submit(other, 2, { kind: "recall", target: 1 });
  expect(sweep(other, NOW + unusedFileMs)).toEqual([SECOND]);
});

test.each([
  [1, "kept"],
  [2, "dead"],
])("R11 also when it had been found in use before: %i of 2 are recalled", (recalls, status) => {
  const user = new LoneUser();
  const content = uploaded(user, FIRST);
  sent(user, content);
  submit(user, 2, content);
  user.sql.all("UPDATE files SET status = 'kept'");
  for (let target = 1; target <= recalls; target += 1) {
    submit(user, 2 + target, { kind: "recall", target });
  }
  expect(statusOf(user, FIRST)).toBe("stored");
  sweep(user, NOW + unusedFileMs);
  expect(statusOf(user, FIRST)).toBe(status);
});

test("an object that only waits for a sweep owes nobody anything when it wakes", () => {
  const user = new LoneUser();
  user.receive({ kind: "text", text: "hello" }, "normal", 0);
  user.alarm();
  user.reply(1);
  while (user.sql.alarmAt !== null) user.alarm();
  uploaded(user, FIRST, user.now);
  user.crash();
  const effects = user.connect("device-1", null, user.now);
  expect(effects.filter(({ kind }) => kind === "call")).toEqual([]);
});

test("many files go in many runs, each of bounded size", () => {
  const user = new LoneUser();
  const names = Array.from({ length: 250 }, (_, index) => String(index).padStart(22, "x"));
  for (const name of names) uploaded(user, name);
  const gone: string[] = [];
  for (let runs = 0; runs < 10 && gone.length < names.length; runs += 1) {
    const erased = sweep(user, NOW + 2 * unusedFileMs);
    expect(erased.length).toBeLessThanOrEqual(100);
    user.erased(erased);
    gone.push(...erased);
  }
  expect(gone.sort()).toEqual(names.sort());
});
