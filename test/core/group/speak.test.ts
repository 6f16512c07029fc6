import { describe, expect, test } from "vitest";
import { DEFAULT_SETTINGS } from "../../../protocol/settings.ts";
import { refuseSpeech, type Speech, type SpeechScene } from "../../../worker/core/group/speak.ts";
import type { GroupState, Member } from "../../../worker/core/group/state.ts";
import type { Logged } from "../../../worker/core/row.ts";

const NOW = 1_000_000_000;
const DAY_MS = 86_400_000;

const GROUP: GroupState = {
  title: "Trip",
  writers: "all",
  inviters: "all",
  history: "join",
  mode: "copy",
  copyFrom: 1,
  version: 1,
  size: 3,
  slots: 3,
};

const MAX: Member = {
  user: "max",
  slot: 1,
  state: "member",
  role: "member",
  from: 4,
  since: 4,
  version: 4,
  silencedUntil: null,
  parting: null,
};
const ADMIN: Member = { ...MAX, user: "anna", role: "admin" };
const SILENCED: Member = { ...MAX, silencedUntil: NOW + 1 };

function said(by: string, number: number, ageMs = 0): Logged {
  return {
    number,
    origin: { user: by, device: "device01", counter: number },
    at: NOW - ageMs,
    priority: "normal",
    hash: 0,
    body: { kind: "text", text: "x" },
    changes: null,
  };
}

const TEXT: Speech = { kind: "text", text: "hi" };
const EDIT: Speech = { kind: "edit", target: 5, text: "ho" };
const RECALL: Speech = { kind: "recall", target: 5 };
const REACTION: Speech = { kind: "reaction", target: 5, emoji: "👍", on: true };
const ADMINS_ONLY = { group: { ...GROUP, writers: "admins" } } as const;
const OWN = { target: said("max", 5) };
const OTHERS = { target: said("mia", 5) };

describe("who may say what", () => {
  test.each<[string, Speech, Partial<SpeechScene>, string | null]>([
    ["a member writes", TEXT, {}, null],
    ["not where only admins do", TEXT, ADMINS_ONLY, "not-allowed"],
    ["but an admin", TEXT, { ...ADMINS_ONLY, author: ADMIN }, null],
    ["not while silenced", TEXT, { author: SILENCED }, "not-allowed"],
    ["but afterwards", TEXT, { author: { ...MAX, silencedUntil: NOW } }, null],
    ["one edits one's own", EDIT, OWN, null],
    ["not while silenced", EDIT, { ...OWN, author: SILENCED }, "not-allowed"],
    ["nor where one may not write any more", EDIT, { ...OWN, ...ADMINS_ONLY }, "not-allowed"],
    ["nor that of others", EDIT, OTHERS, "not-allowed"],
    ["nor as an admin", EDIT, { ...OTHERS, author: ADMIN }, "not-allowed"],
    ["all may react", REACTION, { ...OTHERS, ...ADMINS_ONLY }, null],
    ["but who is silenced", REACTION, { ...OTHERS, author: SILENCED }, "not-allowed"],
    ["one takes back one's own, silenced or not", RECALL, { ...OWN, author: SILENCED }, null],
    ["within its time", RECALL, { target: said("max", 5, 2 * DAY_MS) }, "too-late"],
    ["a member does not take back that of others", RECALL, OTHERS, "not-allowed"],
    ["an admin does", RECALL, { ...OTHERS, author: ADMIN }, null],
    ["at any time", RECALL, { target: said("mia", 5, 2 * DAY_MS), author: ADMIN }, null],
    [
      "but not of the owner",
      RECALL,
      { ...OTHERS, author: ADMIN, targetRole: "owner" },
      "not-allowed",
    ],
    ["nothing is said about what is not there", RECALL, {}, "not-found"],
    ["nor about what was before one came", REACTION, { target: said("mia", 3) }, "not-found"],
    [
      "nor about what is taken back",
      REACTION,
      { target: { ...said("mia", 5), body: { kind: "recalled", by: "mia" } } },
      "gone",
    ],
  ])("%s", (_, content, scene, code) => {
    const whole: SpeechScene = {
      group: GROUP,
      author: MAX,
      target: undefined,
      edits: 0,
      targetRole: "member",
      now: NOW,
      settings: DEFAULT_SETTINGS,
      ...scene,
    };
    expect(refuseSpeech(content, whole)).toBe(code);
  });
});
