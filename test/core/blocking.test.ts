/** Rule R16 as a whole: whatever is said, the one who is kept out can't tell it from the other case. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Content, Entry } from "../../protocol/entries.ts";
import type { HandOff } from "../../protocol/hand-offs.ts";
import { directConversation } from "../../protocol/ids.ts";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { homeOf } from "../../worker/core/home.ts";
import { type Effect, UserEngine } from "../../worker/user.ts";
import { UserStore } from "../../worker/user-store.ts";
import { NodeSql } from "../support/node-sql.ts";
import { NOW } from "./fixtures/lone-user.ts";

type Name = "sender" | "keeper";

interface Heard {
  readonly t: string;
  readonly to?: number;
  readonly entries?: readonly Entry[];
  readonly results?: readonly { readonly counter: number; readonly error?: object }[];
}

/** One user with one device, whose frames are kept. */
class Person {
  readonly frames: Heard[] = [];
  readonly sql = new NodeSql();
  readonly name: string;
  engine: UserEngine;
  counter = 0;
  #last = 0;

  constructor(name: string) {
    this.name = name;
    this.engine = this.wake();
  }

  wake(): UserEngine {
    const host = { sessions: () => [], alarmAt: () => this.sql.alarmAt, pingedAt: () => 0 };
    this.engine = new UserEngine(new UserStore(this.sql), host, this.name);
    return this.engine;
  }

  submit(conversation: string, body: Content): object {
    this.counter += 1;
    const item = { conversation, counter: this.counter, prev: this.#last, body };
    return { t: "submit", items: [item] };
  }

  take(text: string): void {
    const frame = JSON.parse(text) as Heard;
    this.frames.push(frame);
    for (const { counter, error } of frame.results ?? []) {
      if (error === undefined) this.#last = Math.max(this.#last, counter);
    }
  }
}

/** Two objects between which every call arrives at once. */
class World {
  readonly people: ReadonlyMap<string, Person>;
  readonly talk: string;
  readonly #names: Readonly<Record<Name, string>>;
  #now = NOW;
  #tickets = 0;
  #losesAnswers = false;

  constructor(isSenderHome: boolean) {
    const talk = directConversation("ann", "bea");
    const home = homeOf(talk) === "user:ann" ? "ann" : "bea";
    const other = home === "ann" ? "bea" : "ann";
    this.#names = isSenderHome ? { sender: home, keeper: other } : { sender: other, keeper: home };
    this.talk = talk;
    this.people = new Map(["ann", "bea"].map((name) => [name, new Person(name)]));
    for (const name of ["ann", "bea"]) this.#connect(this.#person(name));
  }

  person(name: Name): Person {
    return this.#person(this.#names[name]);
  }

  say(name: Name, frame: object): void {
    const person = this.person(name);
    this.#now += 1_000;
    this.#frame(person, frame);
  }

  /** The sender's object ends between what the other side commits and its answer. */
  sayAndCrash(frame: object): void {
    this.#losesAnswers = true;
    this.say("sender", frame);
    this.#losesAnswers = false;
    const person = this.person("sender");
    person.wake();
    this.#connect(person);
  }

  /** What the sender's device has seen, but for marks: these are what does not move. */
  seenBySender(): unknown[] {
    return this.person("sender").frames.flatMap((frame): unknown[] => {
      if (frame.t === "accepted") return [frame];
      const entries = frame.entries ?? [];
      return entries.filter(({ body }) => body.kind !== "receipt").map(({ seq: _, ...one }) => one);
    });
  }

  /** How far the other side is, as the sender has been told. */
  marks(): number {
    const texts = this.person("sender")
      .frames.map((frame) => JSON.stringify(frame))
      .join();
    const told = [...texts.matchAll(/"(?:delivered|read)":(\d+)/g)].map(([, mark]) => Number(mark));
    return Math.max(0, ...told);
  }

  #person(name: string): Person {
    const person = this.people.get(name);
    if (person === undefined) throw new Error(`nobody is called ${name}`);
    return person;
  }

  #connect(person: Person): void {
    this.#tickets += 1;
    const rest = { expiresAt: NOW * 2, nextTicket: "next", network: "n1" };
    const grant = { user: person.name, device: "device-1", ticketNumber: this.#tickets, ...rest };
    const session = person.name;
    this.#perform(person, person.engine.handle({ kind: "open", session, grant }, this.#moment()));
    const app = { name: "test", version: "1.0", platform: "test" };
    const about = { version: 1, capabilities: ["ack"], heartbeatMs: 25_000, cause: "first", app };
    this.#frame(person, { t: "hello", cursor: 0, ...about });
  }

  #frame(person: Person, frame: object): void {
    const event = { kind: "frame", session: person.name, text: JSON.stringify(frame) } as const;
    this.#perform(person, person.engine.handle(event, this.#moment()));
  }

  #perform(person: Person, effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.kind === "send") {
        person.take(effect.text);
        const { to: seq } = JSON.parse(effect.text) as Heard;
        if (seq !== undefined) this.#frame(person, { t: "ack", seq });
      }
      if (effect.kind === "call") this.#call(person, effect.to, effect.call);
    }
  }

  #call(person: Person, to: `user:${string}` | `group:${string}`, call: HandOff): void {
    const other = this.#person(to.slice("user:".length));
    const { value, effects } = other.engine.handOff(call, this.#moment());
    if (this.#losesAnswers) return;
    const outcome = { ok: true, reply: value } as const;
    const event = { kind: "reply", from: to, outcome } as const;
    this.#perform(person, person.engine.handle(event, this.#moment()));
    this.#perform(other, effects);
  }

  #moment() {
    const settings = { ...DEFAULT_SETTINGS, recipients: "any" } as const;
    return { now: this.#now, random: () => 0.5, settings };
  }
}

const target = fc.integer({ min: 1, max: 8 });
const content: fc.Arbitrary<Content> = fc.oneof(
  fc.record({ kind: fc.constant("text" as const), text: fc.constantFrom("a", "b", "c") }),
  fc.record({ kind: fc.constant("edit" as const), target, text: fc.constantFrom("x", "y") }),
  fc.record({ kind: fc.constant("recall" as const), target }),
  fc.record({
    kind: fc.constant("reaction" as const),
    target,
    emoji: fc.constantFrom("+", "-"),
    on: fc.boolean(),
  }),
);

/** What is said before, while and after the sender is kept out. */
const story = fc.record({
  isSenderHome: fc.boolean(),
  before: fc.array(fc.tuple(fc.constantFrom<Name>("sender", "keeper"), content), { maxLength: 6 }),
  meanwhile: fc.array(content, { maxLength: 12 }),
  after: fc.array(content, { maxLength: 4 }),
});

function play(tale: typeof story extends fc.Arbitrary<infer T> ? T : never, blocks: boolean) {
  const world = new World(tale.isSenderHome);
  const say = (name: Name, body: Content) => {
    world.say(name, world.person(name).submit(world.talk, body));
  };
  for (const [name, body] of tale.before) say(name, body);
  const user = world.person("sender").name;
  // In the other case somebody else is kept out, so that as much time goes by.
  const kept = blocks ? user : "mallory";
  world.say("keeper", { t: "block", ref: "x", user: kept, on: true });
  const marks = world.marks();
  for (const body of tale.meanwhile) say("sender", body);
  const moved = world.marks() - marks;
  world.say("keeper", { t: "block", ref: "y", user: kept, on: false });
  for (const body of tale.after) say("sender", body);
  return { world, moved };
}

test("R16 whoever is kept out gets the answers and entries of everybody else", () => {
  fc.assert(
    fc.property(story, (tale) => {
      const [open, shut] = [play(tale, false), play(tale, true)];
      expect(JSON.stringify(shut.world.seenBySender())).toEqual(
        JSON.stringify(open.world.seenBySender()),
      );
      expect(shut.moved).toBe(0);
    }),
    { numRuns: 120 },
  );
});

test("R16 whoever keeps somebody out sees no word of what was said meanwhile", () => {
  fc.assert(
    fc.property(story, (tale) => {
      const marked = tale.meanwhile.map((body) =>
        "text" in body ? { ...body, text: "unseen" } : body,
      );
      const { world } = play({ ...tale, meanwhile: marked }, true);
      const heard = world.person("keeper").frames.map((frame) => JSON.stringify(frame));
      expect(heard.join()).not.toContain("unseen");
    }),
    { numRuns: 120 },
  );
});

test("R2 what was said before its sender keeps the other side out has its number, sent again", () => {
  const world = new World(false);
  const sender = world.person("sender");
  const first = sender.submit(world.talk, { kind: "text", text: "said before" });
  world.sayAndCrash(first);
  world.say("sender", { t: "block", ref: "x", user: world.person("keeper").name, on: true });
  world.say("sender", first);
  expect(resultsOf(sender).at(-1)).toMatchObject({ counter: 1, number: 1 });
  world.say("sender", sender.submit(world.talk, { kind: "text", text: "said after" }));
  const error = { code: "not-allowed", rule: "blocked" };
  expect(resultsOf(sender).at(-1)).toEqual({ conversation: world.talk, counter: 2, error });
});

function resultsOf({ frames }: Person): object[] {
  return frames.flatMap(({ results = [] }) => [...results]);
}
