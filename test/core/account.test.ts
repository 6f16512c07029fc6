import { expect, test } from "vitest";
import type { ConversationHandOff } from "../../protocol/hand-offs.ts";
import { directConversation } from "../../protocol/ids.ts";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { payloadHash } from "../../worker/core/hash.ts";
import { homeOf } from "../../worker/core/home.ts";
import { type Effect, UserEngine } from "../../worker/user.ts";
import { UserStore } from "../../worker/user-store.ts";
import { NodeSql } from "../support/node-sql.ts";
import { NOW } from "./fixtures/lone-user.ts";

const ME = "alice";
const TTL_MS = 3_600_000;
const PEERS = Array.from({ length: 20 }, (_, i) => `peer${i}`);
const GROUP = `group:${"g".repeat(22)}`;

/** An account with many conversations on its way out; what is around it, and what that hears. */
class Leaver {
  readonly sql = new NodeSql();
  readonly told = new Set<string>();
  readonly left = new Set<string>();
  vanished = 0;
  retired = 0;
  mostAtOnce = 0;
  /** Whether what is outside of the object can be reached. */
  isAlone = false;
  now = NOW;
  #engine: UserEngine;
  #queue: Effect[] = [];

  constructor() {
    this.#engine = this.#wake();
    for (const peer of PEERS) this.#hear(peer);
    const body = membership();
    const from = GROUP as `group:${string}`;
    const conversations = [{ conversation: GROUP, have: 0, membership: body }];
    this.#engine.handOff({ from, conversations }, this.#moment());
    this.#queue = [];
  }

  begin(): void {
    const outcome = this.#engine.request({ kind: "delete-account" }, this.#moment());
    expect(outcome.value).toEqual({ ok: true, value: { user: ME } });
    this.#queue.push(...outcome.effects);
  }

  /** Performs the next effect; false when there is none. */
  step(): boolean {
    const calls = this.#queue.filter(({ kind }) => kind === "call").length;
    this.mostAtOnce = Math.max(this.mostAtOnce, calls);
    const effect = this.#queue.shift();
    if (effect === undefined) return false;
    if (effect.kind === "retire") {
      this.retired += 1;
      if (this.isAlone) return true;
      this.#queue.push(...this.#engine.handle({ kind: "retired" }, this.#moment()));
    }
    if (effect.kind === "vanish") this.vanished += 1;
    if (effect.kind === "call") this.#answer(effect);
    return true;
  }

  /** Memory and all that was not performed yet are lost; rows and the alarm are not. */
  crash(): void {
    this.#queue = [];
    this.#engine = this.#wake();
  }

  alarm(): void {
    const at = this.sql.alarmAt;
    if (at === null) throw new Error("nothing would ever go on");
    this.sql.alarmAt = null;
    this.now = Math.max(this.now, at);
    this.#queue.push(...this.#engine.handle({ kind: "alarm" }, this.#moment()));
  }

  /** What somebody gets who writes now. */
  append(peer: string) {
    return this.#hear(peer, 2);
  }

  #answer(effect: Extract<Effect, { kind: "call" }>): void {
    if (this.isAlone) {
      const lost = { kind: "reply", from: effect.to, outcome: { ok: false } } as const;
      this.#queue.push(...this.#engine.handle(lost, this.#moment()));
      return;
    }
    const conversations = effect.call.conversations.map((one) => this.#reply(one));
    const reply = {
      kind: "reply",
      from: effect.to,
      outcome: { ok: true, reply: { conversations } },
    };
    this.#queue.push(...this.#engine.handle(reply as never, this.#moment()));
  }

  #reply(one: ConversationHandOff) {
    const { conversation, have } = one;
    if (one.gone === true) this.told.add(conversation);
    const verdicts = (one.append ?? []).map(({ origin, content }) => {
      if (content.kind === "leave") this.left.add(conversation);
      const { device, counter } = origin;
      return { device, counter, kind: "accepted", number: 1, at: NOW };
    });
    return { conversation, have, verdicts, ...(one.gone === true ? { goneKept: true } : {}) };
  }

  #hear(peer: string, counter = 1) {
    const conversation = directConversation(ME, peer);
    const content = { kind: "text", text: "hello" } as const;
    const origin = { user: peer, device: "device-1", counter };
    const hash = payloadHash(content, "normal");
    const one =
      homeOf(conversation) === `user:${ME}`
        ? { append: [{ origin, prev: counter - 1, priority: "normal", hash, content } as const] }
        : {
            replicate: [
              {
                number: counter,
                origin,
                at: NOW,
                priority: "normal",
                hash,
                body: content,
              } as const,
            ],
          };
    const call = {
      from: `user:${peer}`,
      conversations: [{ conversation, have: counter, ...one }],
    } as const;
    const outcome = this.#engine.handOff(call, this.#moment());
    return outcome.value.conversations[0];
  }

  #wake(): UserEngine {
    const host = { sessions: () => [], alarmAt: () => this.sql.alarmAt, pingedAt: () => 0 };
    return new UserEngine(new UserStore(this.sql), host, ME);
  }

  #moment() {
    const settings = { ...DEFAULT_SETTINGS, recipients: "any", handOffTtlMs: TTL_MS } as const;
    return { now: this.now, random: () => 0.5, settings };
  }
}

function membership() {
  return {
    kind: "membership",
    version: 1,
    state: "member",
    role: "owner",
    from: 1,
    title: "climbers",
    writers: "all",
    inviters: "all",
    history: "join",
    mode: "copy",
  } as const;
}

function finish(leaver: Leaver): void {
  for (let round = 0; round < 50 && leaver.vanished === 0; round += 1) {
    while (leaver.step()) if (leaver.vanished > 0) return;
    leaver.alarm();
  }
}

function expectAllTold(leaver: Leaver): void {
  expect(leaver.vanished).toBe(1);
  expect([...leaver.told].sort()).toEqual(PEERS.map((peer) => directConversation(ME, peer)).sort());
  expect([...leaver.left]).toEqual([GROUP]);
  expect(leaver.retired).toBeGreaterThan(0);
}

/** Of an account that is left alone. */
const STEPS = (() => {
  const leaver = new Leaver();
  leaver.begin();
  let steps = 0;
  while (leaver.vanished === 0 && leaver.step()) steps += 1;
  return steps;
})();

test("R23 an account on its way out calls some at a time, and tells everybody", () => {
  const leaver = new Leaver();
  leaver.begin();
  finish(leaver);
  expectAllTold(leaver);
  expect(leaver.mostAtOnce).toBeLessThanOrEqual(17);
  expect(STEPS).toBeGreaterThan(PEERS.length);
});

test.each(Array.from({ length: STEPS }, (_, step) => step))(
  "R23 it goes on after a crash before effect %i",
  (at) => {
    const leaver = new Leaver();
    leaver.begin();
    for (let step = 0; step < at; step += 1) leaver.step();
    leaver.crash();
    leaver.alarm();
    finish(leaver);
    expectAllTold(leaver);
  },
);

test("R23 nothing is numbered or taken back from the moment on that it was asked for", () => {
  const leaver = new Leaver();
  leaver.begin();
  const home = PEERS.find((peer) => homeOf(directConversation(ME, peer)) === `user:${ME}`) ?? "";
  expect(leaver.append(home)).toMatchObject({ verdicts: [{ kind: "refused", code: "gone" }] });
  leaver.crash();
  expect(leaver.append(home)).toMatchObject({ verdicts: [{ kind: "refused", code: "gone" }] });
});

test("R23 who can't be told is given up after the time of a hand-off; the directory is not", () => {
  const leaver = new Leaver();
  leaver.isAlone = true;
  leaver.begin();
  while (leaver.now - NOW <= TTL_MS + 600_000) {
    while (leaver.step());
    leaver.alarm();
  }
  expect(leaver.told.size + leaver.left.size + leaver.vanished).toBe(0);
  leaver.isAlone = false;
  finish(leaver);
  expect(leaver.vanished).toBe(1);
  expect(leaver.told.size).toBe(0);
});
