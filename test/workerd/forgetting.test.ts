/**
 * A scripted conversation, told once undisturbed, and then with hibernation or a crash at each of
 * its events: what everybody ends up with must be the same.
 */
import { beforeAll, describe, expect, test } from "vitest";
import type { SubmitItem } from "../../protocol/client-frames.ts";
import type { Content } from "../../protocol/entries.ts";
import { directConversation } from "../../protocol/ids.ts";
import type { ConversationState, SubmitResult } from "../../protocol/server-frames.ts";
import { crash, evict, fireAlarm, pairAtHome } from "./objects.ts";
import { api, freshPolicy, RawDevice } from "./support.ts";

let undisturbed: unknown;

beforeAll(async () => {
  await freshPolicy({ checkpointRows: 7, windowEntries: 3, flushEntries: 4 });
  undisturbed = await tell({});
});

/** What happens to the objects at one moment of the story. */
interface Disturbance {
  /** Between two events. */
  readonly before?: (step: number, talk: Talk) => Promise<void>;
  /** Right after a frame was sent, its answer still outstanding. */
  readonly during?: (step: number, talk: Talk) => Promise<void>;
}

/** Two people with two devices each; devices come back by themselves after a crash. */
class Talk {
  readonly users = pairAtHome();
  readonly conversation = directConversation(...this.users);
  readonly #devices = new Map<string, RawDevice>();
  readonly #away = new Set<string>();
  readonly #last = new Map<string, number>();
  readonly #disturbance: Disturbance;
  step = 0;

  constructor(disturbance: Disturbance) {
    this.#disturbance = disturbance;
    for (const name of ["a1", "a2", "b1", "b2"]) {
      this.#devices.set(name, new RawDevice(this.users[name.startsWith("a") ? 0 : 1]));
    }
  }

  device(name: string): RawDevice {
    const device = this.#devices.get(name);
    if (device === undefined) throw new Error(`no device ${name}`);
    return device;
  }

  async begin(): Promise<void> {
    for (const device of this.#devices.values()) await device.connect({ cursor: 0 });
  }

  async event(happen: () => Promise<void>): Promise<void> {
    this.step += 1;
    await this.#disturbance.before?.(this.step, this);
    await this.comeBack();
    await happen();
  }

  /** Says something and, as a client does, says it again until it is answered. */
  async say(name: string, body: Content, priority: SubmitItem["priority"] = "normal") {
    const device = this.device(name);
    const counter = device.counter + 1;
    device.counter = counter;
    const prev = this.#last.get(name) ?? 0;
    const item: SubmitItem = { conversation: this.conversation, counter, prev, priority, body };
    device.send({ t: "submit", items: [item] });
    await this.#disturbance.during?.(this.step, this);
    let answer = await this.#answerOrEnd(device, counter);
    while (answer === undefined) {
      await this.comeBack();
      device.send({ t: "submit", items: [item] });
      answer = await this.#answerOrEnd(device, counter);
    }
    expect(answer.error).toBeUndefined();
    this.#last.set(name, counter);
  }

  /** The answer, unless the socket ends before it comes. */
  async #answerOrEnd(device: RawDevice, counter: number): Promise<SubmitResult | undefined> {
    const found = await device.until(() => {
      const results = device.frames.flatMap((one) => (one.t === "accepted" ? one.results : []));
      const answer = results.find((result) => result.counter === counter);
      return answer ?? (device.closed === undefined ? undefined : "ended");
    });
    return found === "ended" ? undefined : found;
  }

  async leave(name: string): Promise<void> {
    this.#away.add(name);
    this.device(name).close();
    await this.device(name).untilClosed();
  }

  async return(name: string): Promise<void> {
    this.#away.delete(name);
    await this.device(name).connect();
  }

  /** All objects crash; every device that is there finds its socket gone. */
  async crash(): Promise<void> {
    await crash();
    for (const [name, device] of this.#devices) {
      if (!this.#away.has(name)) await device.untilClosed();
    }
  }

  async comeBack(): Promise<void> {
    for (const [name, device] of this.#devices) {
      if (device.closed !== undefined && !this.#away.has(name)) await device.connect();
    }
  }

  /** Alarms run until every copy has everything; then what each device and object shows. */
  async end(messages: number) {
    const heads = () => [...this.#devices.values()].map((one) => this.#logOf(one).length);
    for (let round = 0; round < 20; round++) {
      await this.comeBack();
      for (const user of this.users) await fireAlarm(user);
      for (const device of this.#devices.values()) await device.settle();
      if (heads().every((head) => head === messages)) break;
    }
    const devices = [...this.#devices.values()].map((device) => this.#logOf(device));
    const states = [];
    for (const user of this.users) states.push(await this.#stateOf(user));
    return this.#withoutNames({ devices, states });
  }

  #logOf(device: RawDevice) {
    return device.entries
      .filter(({ number }) => number !== undefined)
      .map(({ number, id, priority }) => ({ number, id, priority }));
  }

  async #stateOf(user: string) {
    const path = `/v1/conversations/${encodeURIComponent(this.conversation)}/messages`;
    const { entries } = (await (await api(path, user)).json()) as { entries: object[] };
    const { conversations } = (await (await api("/v1/conversations", user)).json()) as {
      conversations: ConversationState[];
    };
    const [state] = conversations;
    const log = entries.map((entry) => ({ ...entry, seq: undefined, at: undefined }));
    return { log, head: state?.head, unread: state?.unread, read: state?.read };
  }

  /** Names differ from one telling to the next. */
  #withoutNames(value: unknown): unknown {
    let text = JSON.stringify(value);
    for (const [i, user] of this.users.entries()) text = text.replaceAll(user, `user-${i}`);
    for (const [name, { device }] of this.#devices) text = text.replaceAll(device, name);
    return JSON.parse(text);
  }
}

/** The events of the story. */
const STORY: readonly ((talk: Talk) => Promise<void>)[] = [
  (talk) => talk.say("a1", { kind: "text", text: "one" }),
  (talk) => talk.say("b1", { kind: "text", text: "two" }),
  (talk) => talk.leave("a2"),
  (talk) => talk.say("b1", { kind: "edit", target: 2, text: "two, really" }),
  (talk) => talk.say("a1", { kind: "text", text: "four" }),
  async (talk) => {
    talk.device("b2").send({ t: "read", conversation: talk.conversation, number: 1 });
    await talk.device("b2").settle();
  },
  (talk) => talk.say("a1", { kind: "reaction", target: 2, emoji: "👍", on: true }),
  (talk) => talk.say("b2", { kind: "text", text: "six" }, "urgent"),
  (talk) => talk.return("a2"),
  (talk) => talk.leave("b1"),
  (talk) => talk.say("a2", { kind: "text", text: "seven" }),
  (talk) => talk.say("b2", { kind: "text", text: "eight" }),
  (talk) => talk.return("b1"),
  (talk) => talk.say("b2", { kind: "recall", target: 6 }),
  (talk) => talk.say("a1", { kind: "reaction", target: 2, emoji: "👍", on: false }),
];
const MESSAGES = 10;

async function tell(disturbance: Disturbance): Promise<unknown> {
  const talk = new Talk(disturbance);
  await talk.begin();
  for (const happen of STORY) await talk.event(() => happen(talk));
  return talk.end(MESSAGES);
}

/** One that sleeps already stays asleep. */
async function putToSleep(...users: readonly string[]): Promise<void> {
  for (const user of users) await evict(user).catch(() => undefined);
}

const moments = STORY.map((_, index) => index + 1);

describe("R13 forgetting at any moment changes nothing", () => {
  test("R13 the story undisturbed", () => {
    const { devices, states } = undisturbed as {
      devices: { number: number }[][];
      states: { log: object[]; unread: number; read: number }[];
    };
    const numbers = Array.from({ length: MESSAGES }, (_, i) => i + 1);
    expect(devices.map((log) => log.map(({ number }) => number))).toEqual(Array(4).fill(numbers));
    expect(states[0]?.log).toEqual(states[1]?.log);
    // Of alice's four b has read the first; of bob's four a has read none, and one was recalled.
    expect(states.map(({ unread, read }) => ({ unread, read }))).toEqual([
      { unread: 2, read: 0 },
      { unread: 2, read: 1 },
    ]);
  });

  test("R13 hibernation of both objects at every event", async () => {
    const asleep = await tell({ before: (_, talk) => putToSleep(...talk.users) });
    expect(asleep).toEqual(undisturbed);
  });

  test.each(moments)("R13 hibernation of each object alone before event %i", async (moment) => {
    for (const who of [0, 1] as const) {
      const told = await tell({
        before: async (step, talk) => (step === moment ? putToSleep(talk.users[who]) : undefined),
      });
      expect(told).toEqual(undisturbed);
    }
  });

  test.each(moments)("R13 a crash before event %i", async (moment) => {
    const told = await tell({
      before: async (step, talk) => (step === moment ? talk.crash() : undefined),
    });
    expect(told).toEqual(undisturbed);
  });

  test.each(moments)("R13 a crash right after the frame of event %i", async (moment) => {
    const told = await tell({
      during: async (step, talk) => (step === moment ? talk.crash() : undefined),
    });
    expect(told).toEqual(undisturbed);
  });
});
