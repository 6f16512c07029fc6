import type { Mutant } from "./mutant.ts";

/** Bugs that somebody might write. The simulator must find them; one that it doesn't is its own. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: "a repeated message is new again",
    file: "worker/core/judge.ts",
    original: 'return { kind: "repeat", number: row.number, at: row.at };',
    replacement: 'return { kind: "new" };',
  },
  {
    name: "prev is not looked at",
    file: "worker/core/judge.ts",
    original: 'return prev === last ? { kind: "new" } : { kind: "gap", have: last };',
    replacement: 'return { kind: "new" };',
  },
  {
    name: "a copy takes a run beyond a gap",
    file: "protocol/follow.ts",
    original: 'if (from > have + 1) return { kind: "gap", have };',
    replacement: "",
  },
  {
    name: "both users think that they are the home",
    file: "worker/user/followers.ts",
    original: `return homeOf(conversation) === \`user:\${turn.memory.me}\`;`,
    replacement: "return homeOf(conversation) !== undefined;",
  },
  {
    name: "the cursor moves on push",
    file: "worker/user/push.ts",
    original: "session.feed = sent(session.feed, last.seq, bytes, turn.now, retryAt);",
    replacement:
      "session.feed = { have: last.seq, sent: last.seq, runs: [], retryAt: null }; void bytes; void retryAt;",
  },
  {
    name: "push starts one entry early",
    file: "worker/user/push.ts",
    original: "for (const row of timeline.rows(feed.sent + 1, limit)) {",
    replacement: "for (const row of timeline.rows(Math.max(1, feed.sent), limit)) {",
  },
  {
    name: "the window is not kept",
    file: "worker/user/push.ts",
    original: "windowEntries - (session.feed.sent - session.feed.have)",
    replacement: "windowEntries",
  },
  {
    name: "attempts have no end",
    file: "worker/user/push.ts",
    original: "oldest.attempts >= maxAttempts || ",
    replacement: "",
  },
  {
    name: "the alarm is only believed to be set",
    file: "worker/user/alarm.ts",
    original: "turn.store.setAlarm(at);",
    replacement: "",
  },
  {
    name: "an old session stays beside the new one",
    file: "worker/user/sessions.ts",
    original: 'endSession(turn, other, "replaced");',
    replacement: "void endSession;",
  },
  {
    name: "beyond retention the feed goes on without a reset",
    file: "worker/user/sessions.ts",
    original: "return { cursor: head, reset: true };\n}",
    replacement: "return { cursor: head, reset: false };\n}",
  },
  {
    name: "a promise is given without its row",
    file: "worker/user/pending.ts",
    original: "turn.store.addPending(pending);",
    replacement: "",
  },
  {
    name: "the row of a promise goes before the home has answered",
    file: "worker/user/lanes.ts",
    original: "state.batch = { call,",
    replacement: "for (const one of pending) dropPending(turn, one);\n  state.batch = { call,",
  },
  {
    name: "a second call while one is under way",
    file: "worker/core/lane.ts",
    original: "return !lane.inFlight && now >= lane.notBefore;",
    replacement: "return now >= lane.notBefore;",
  },
  {
    name: "after a crash nothing is in doubt",
    file: "worker/user/memory.ts",
    original: "for (const conversation of new Set(moved)) doubt(turn, conversation);",
    replacement: "void moved; void doubt;",
  },
  {
    name: "rows since the checkpoint are forgotten",
    file: "worker/timeline.ts",
    original: "store.rows(checkpoint.seq + 1, this.#head - checkpoint.seq)",
    replacement: "store.rows(checkpoint.seq + 1, this.#head - checkpoint.seq - 1)",
  },
  {
    name: "a retry sends what was encoded before the recall",
    file: "worker/recent-rows.ts",
    original: "this.#store.rewrite(row.seq, body, changes);\n    this.#encoded.delete(row.seq);",
    replacement: "this.#store.rewrite(row.seq, body, changes);",
  },
  {
    name: "a recall leaves the edits",
    file: "worker/core/layer.ts",
    original: "for (const edit of edits) layer.rewrite",
    replacement: "for (const edit of []) layer.rewrite",
  },
  {
    name: "a recall leaves the body",
    file: "worker/core/changes.ts",
    original: 'return { body: { kind: "recalled", by: author }, changes: null };',
    replacement: "return target;",
  },
  {
    name: "a change of a session is not attached",
    file: "worker/user.ts",
    original: 'if (session !== undefined) turn.effects.push({ kind: "attach", session });',
    replacement: "void session;",
  },
  {
    name: "what was pushed counts as acked when the socket ends",
    file: "worker/user/record.ts",
    original: "const { acked: cursor } = session;",
    replacement: "const cursor = session.feed.sent;",
  },
  {
    name: "the device acks on receipt",
    file: "client/engine/receiving.ts",
    original: "const seq = Math.min(handled, this.#sessionTo);",
    replacement: "const seq = Math.min(this.#inbox.stored, this.#sessionTo); void handled;",
  },
  {
    name: "hello's cursor is what was stored, not what was handled",
    file: "client/engine/receiving.ts",
    original: "return this.#isNew ? null : this.#handled;",
    replacement: "return this.#isNew ? null : this.#inbox.stored;",
  },
  {
    name: "the device stores what lies beyond a gap",
    file: "client/core/inbox.ts",
    original:
      'if (place.kind === "gap") return { kind: "gap", inbox: keepAside(inbox, frame.entries) };',
    replacement:
      'if (place.kind === "gap") return continueRun({ ...inbox, stored: frame.from - 1 }, frame.entries);',
  },
  {
    name: "a message does not name the one before it",
    file: "client/core/outbox.ts",
    original: "lane.base < counter ? lane.base : 0",
    replacement: "0",
  },
  {
    name: "another payload under a known id passes as a repeat",
    file: "worker/user/submit.ts",
    original: "if (known.conversation !== conversation || known.hash !== hash) return conflict;",
    replacement: "void conflict;",
  },
  {
    name: "a follower takes again what it has",
    file: "protocol/follow.ts",
    original: "skip: have + 1 - from",
    replacement: "skip: 0",
  },
  {
    name: "a read mark may go back",
    file: "worker/user/marks.ts",
    original: "if (upTo <= state.read) return;",
    replacement: "",
  },
  {
    name: "each page says that it is the last",
    file: "worker/user/push.ts",
    original: "const caughtUp = to === turn.memory.timeline.head;",
    replacement: "const caughtUp = turn !== undefined;",
  },
  {
    name: "superseded rows go under a session that has not had them",
    file: "worker/user/state.ts",
    original: "return Math.min(floorOf(turn), ...fed);",
    replacement: "void fed;\n  return floorOf(turn);",
  },
  {
    name: "a sync counts as an ack",
    file: "worker/user/acks.ts",
    original: "session.unacked = 0;",
    replacement: "session.unacked = 0;\n  noteDelivered(turn, cursor);",
  },
  {
    name: "a throw forgets which calls are under way",
    file: "worker/user.ts",
    original: "this.#calling.add(effect.to);",
    replacement: "void effect;",
  },
  {
    name: "an ack that moved no row is forgotten by waking",
    file: "worker/user/memory.ts",
    original: ", ...acked.keys()];",
    replacement: "];\n  void acked;",
  },
  {
    name: "a frame above the burst waits for ever",
    file: "worker/core/rate.ts",
    original: "const needed = Math.min(cost, rate.burst);",
    replacement: "const needed = cost;",
  },
];
