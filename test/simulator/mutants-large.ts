import type { Mutant } from "./mutant.ts";

/** Bugs that somebody might write where a group's log is the only copy. */
export const LARGE_MUTANTS: readonly Mutant[] = [
  {
    name: "large: who comes with messages is told no head",
    file: "worker/group/serve.ts",
    original: "(append === undefined || unreadAfter !== undefined)",
    replacement: "append === undefined",
  },
  {
    name: "large: whether a head was told is forgotten by waking",
    file: "worker/user/memory.ts",
    original: "  announceAgain(turn);",
    replacement: "",
  },
  {
    name: "large: what a state does not say of logs is not told to it",
    file: "client/engine/heard-logs.ts",
    original: "this.#heard.set(conversation, { ...heard, stay: undefined });",
    replacement: "this.#heard.set(conversation, heard);",
  },
  {
    name: "large: a run that comes late brings what was taken back",
    file: "worker/user/large-groups.ts",
    original: "  if (isTakenBack(turn, conversation, run)) return;",
    replacement: "",
  },
  {
    name: "large: what one has said is brought by its answer alone",
    file: "worker/group/number.ts",
    original: "  addSaid(memory.large.own, entry);",
    replacement: "",
  },
  {
    name: "large: what can't be fetched is not asked for again",
    file: "client/engine/following.ts",
    original: "      else this.#askLater();",
    replacement: "",
  },
  {
    name: "large: who keeps their read mark to themself has all as unread",
    file: "worker/group/large.ts",
    original: "Math.max(cursors.of(user).read, after)",
    replacement: "cursors.of(user).read",
  },
  {
    name: "large: what was read here unsaid is counted as the group knows it",
    file: "client/engine/following.ts",
    original: "const isOld = isBehind || row.read > (read ?? row.readTold);",
    replacement: "const isOld = isBehind;",
  },
  {
    name: "large: what the timeline withheld hides what the log says",
    file: "client/engine/following.ts",
    original: 'found.filter(({ entry }) => entry.body.kind !== "withheld")',
    replacement: "found",
  },
  {
    name: "large: a state is handed from its beginning",
    file: "client/core/place.ts",
    original: 'if (isUntold && !isNew && place.mode === "large") return {};',
    replacement: "",
  },
  {
    name: "large: a run beyond a gap is taken",
    file: "client/engine/following.ts",
    original: "if (from > logCursor(row) + 1 || run === undefined)",
    replacement: "if (run === undefined)",
  },
  {
    name: "large: a log is open to who has gone",
    file: "worker/group/requests.ts",
    original: 'if (member?.state !== "member") return NOT_FOUND;',
    replacement: "if (member === undefined) return NOT_FOUND;",
  },
  {
    name: "large: a page begins before one came",
    file: "worker/group/reading.ts",
    original: "const start = Math.max(after + 1, from);",
    replacement: "const start = after + 1;",
  },
  {
    name: "large: what an app refuses of a log is passed",
    file: "client/engine/log-handing.ts",
    original: "if (!isTaken) return;",
    replacement: "",
  },
  {
    name: "large: a mark that moves before the copies is not asked about",
    file: "worker/core/conversation.ts",
    original: "count: Math.min(state.unreadInLog.count, room), isTold: false",
    replacement: "count: Math.min(state.unreadInLog.count, room), isTold: true",
  },
  {
    name: "large: what was said of a log until copies began is not read again",
    file: "client/core/place.ts",
    original: "return isShort ? returned(after, place) : after;",
    replacement: "return after;",
  },
  {
    name: "large: who is heard to be there in passing is told no head",
    file: "worker/group/serve.ts",
    original: "(isNews || isAsking(turn, one))",
    replacement: "isAsking(turn, one)",
  },
];
