import { expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../../protocol/settings.ts";
import { payloadHash } from "../../../worker/core/hash.ts";
import { GroupEngine } from "../../../worker/group.ts";
import { GroupStore } from "../../../worker/group-store.ts";
import { NodeSql } from "../../support/node-sql.ts";

const GROUP = "AAAAAAAAAAAAAAAAAAAAAA";
const MOMENT = { now: 1_790_000_000_000, random: () => 0.5, settings: DEFAULT_SETTINGS };

test("R15 whoever tries the id of a group that nobody has made writes no row and sets no alarm", () => {
  const sql = new NodeSql();
  const store = new GroupStore(sql);
  const group = new GroupEngine(store, { alarmAt: () => sql.alarmAt }, GROUP);
  const content = { kind: "text", text: "anybody?" } as const;
  const origin = { user: "eve", device: "device-1", counter: 1 };
  const hash = payloadHash(content, "normal");
  const append = [{ origin, prev: 0, priority: "normal", hash, content } as const];
  const conversations = [{ conversation: `group:${GROUP}`, have: 0, append }];
  const { value } = group.handOff({ from: "user:eve", conversations }, MOMENT);
  expect(value.conversations[0]?.verdicts).toMatchObject([{ kind: "refused", code: "not-found" }]);
  expect(group.request({ kind: "about", user: "eve" }, MOMENT).value).toMatchObject({ ok: false });
  expect(sql.all("SELECT * FROM facts")).toEqual([]);
  expect(sql.all("SELECT * FROM cursors")).toEqual([]);
  expect(sql.alarmAt).toBeNull();
});
