/** Many people in one group who do what chance tells them, while objects end at any moment. */
import type { Content } from "../../../protocol/entries.ts";
import { groupConversation } from "../../../protocol/ids.ts";
import type { SubmitResult } from "../../../protocol/server-frames.ts";
import { Dice } from "../../support/random.ts";
import { objectOf } from "../objects.ts";
import { newUser, RawDevice } from "../support.ts";
import { freshId, groupObject } from "./support.ts";

/** One person with one device, which comes back by itself and says a thing until it is answered. */
export class Person {
  readonly device = new RawDevice(newUser("p"));
  readonly #conversation: string;
  /** Counter of the last message that was accepted. */
  #last = 0;
  #busy: Promise<unknown> = Promise.resolve();

  constructor(conversation: string) {
    this.#conversation = conversation;
  }

  get user(): string {
    return this.device.user;
  }

  /** One thing at a time, as a person does. */
  #next<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#busy.then(work);
    this.#busy = done.catch(() => undefined);
    return done;
  }

  comeBack(): Promise<void> {
    return this.#next(() => this.#comeBack());
  }

  say(body: Content): Promise<SubmitResult> {
    return this.#next(() => this.#say(body));
  }

  async #comeBack(): Promise<void> {
    if (this.device.closed === undefined && this.device.readyState === WebSocket.OPEN) return;
    await this.device.connect({ cursor: this.device.cursor });
  }

  async #say(body: Content): Promise<SubmitResult> {
    this.device.counter += 1;
    const { counter } = this.device;
    for (;;) {
      await this.#comeBack();
      const prev = this.#last;
      this.device.frames.length = 0;
      const item = { conversation: this.#conversation, counter, prev, body };
      this.device.send({ t: "submit", items: [item] });
      const answer = await this.#answerOrEnd(counter);
      if (answer === undefined) continue;
      switch (answer.error?.code) {
        case undefined:
          this.#last = counter;
          return answer;
        case "gap":
          // One that was promised has been refused since: it stands on the one before.
          this.#last = answer.error?.have ?? 0;
          break;
        case "busy":
        case "internal":
          await this.device.settle().catch(() => undefined);
          break;
        default:
          return answer;
      }
    }
  }

  /** The answer, unless the socket ends before it comes. */
  async #answerOrEnd(counter: number): Promise<SubmitResult | undefined> {
    const found = await this.device.until(() => {
      const results = this.device.frames.flatMap((one) =>
        one.t === "accepted" ? one.results : [],
      );
      const answer = results.find((result) => result.counter === counter);
      return answer ?? (this.device.closed === undefined ? undefined : "ended");
    });
    return found === "ended" ? undefined : found;
  }
}

export interface CrowdPlan {
  readonly seed: number;
  readonly people: number;
  /** How many are in the group at first. */
  readonly members: number;
  /** Where the view of who comes begins. Default: `join`. */
  readonly history?: "join" | "start";
  readonly rounds: number;
  /** How many act at the same time. */
  readonly atOnce: number;
  /** Chance that an object ends, per act. */
  readonly crashes: number;
  /** Chance that an act is by somebody who may do it: among many, hardly ever hit upon. Default: 0. */
  readonly apt?: number;
}

export class Crowd {
  readonly conversation = groupConversation(freshId());
  readonly people: readonly Person[];
  readonly #plan: CrowdPlan;
  readonly #dice: Dice;
  readonly #token = freshId();
  /** Numbers of texts, and who has said them. */
  readonly #authors = new Map<number, Person>();

  constructor(plan: CrowdPlan) {
    this.#plan = plan;
    this.#dice = new Dice(plan.seed);
    this.people = Array.from({ length: plan.people }, () => new Person(this.conversation));
  }

  get owner(): Person {
    const [owner] = this.people;
    if (owner === undefined) throw new Error("nobody is here");
    return owner;
  }

  async begin(): Promise<void> {
    await Promise.all(this.people.map((person) => person.comeBack()));
    const others = this.people.slice(1, this.#plan.members).map(({ user }) => user);
    const [first, ...rest] = chunks(others, 100);
    await this.owner.say({
      kind: "group-create",
      title: "Crowd",
      members: first ?? [],
      inviters: "all",
      history: this.#plan.history ?? "join",
    });
    for (const users of rest) await this.owner.say({ kind: "members-add", users });
    await this.owner.say({ kind: "link-create", token: this.#token });
  }

  async run(): Promise<void> {
    for (let round = 0; round < this.#plan.rounds; round++) {
      const acts = Array.from({ length: this.#plan.atOnce }, () => this.#act());
      await Promise.all(acts);
    }
  }

  async #act(): Promise<void> {
    const dice = this.#dice;
    if (dice.chance("crash", this.#plan.crashes)) return this.#crash();
    const anybody = dice.pick("who", this.people);
    const content = this.#content();
    const isApt = dice.chance("apt", this.#plan.apt ?? 0);
    await (isApt ? this.#aptly(anybody, content) : this.#say(anybody, content));
  }

  async #say(person: Person, content: Content): Promise<void> {
    const { number } = await person.say(content);
    if (content.kind === "text" && typeof number === "number") this.#authors.set(number, person);
  }

  /** Authors change what they have said, the owner manages, and who was outside at first comes. */
  #aptly(anybody: Person, content: Content): Promise<void> {
    const dice = this.#dice;
    switch (content.kind) {
      case "edit":
      case "recall": {
        if (this.#authors.size === 0) return this.#say(anybody, content);
        const [target, author] = dice.pick("own", [...this.#authors]);
        return this.#say(author, { ...content, target });
      }
      case "join":
        return this.#say(dice.pick("outside", this.people.slice(this.#plan.members)), content);
      case "members-remove":
      case "member-role":
      case "member-silence":
        return this.#say(this.owner, content);
      default:
        return this.#say(anybody, content);
    }
  }

  /** What somebody says next; much of it will be refused. */
  #content(): Content {
    const dice = this.#dice;
    const kind = dice.between("kind", 1, 100);
    const target = dice.between("target", 1, this.#plan.rounds * this.#plan.atOnce);
    const { user } = dice.pick("whom", this.people);
    if (kind <= 50) return { kind: "text", text: `said ${dice.between("text", 1, 1e9)}` };
    if (kind <= 58) return { kind: "edit", target, text: `edited ${dice.between("text", 1, 1e9)}` };
    if (kind <= 66) return { kind: "recall", target };
    if (kind <= 74) return { kind: "reaction", target, emoji: "👍", on: dice.chance("on", 0.7) };
    if (kind <= 80) return { kind: "members-add", users: [user] };
    if (kind <= 84) return { kind: "leave" };
    if (kind <= 90) return { kind: "join", token: this.#token };
    return this.#command(kind, user);
  }

  /** What admins do. */
  #command(kind: number, user: string): Content {
    if (kind <= 94) return { kind: "members-remove", users: [user] };
    if (kind <= 96) return { kind: "member-role", user, role: "admin" };
    if (kind <= 97) return { kind: "group-change", title: `Crowd ${kind}` };
    const until = this.#dice.chance("until", 0.5) ? Date.now() + 3_600_000 : null;
    return { kind: "member-silence", user, until };
  }

  /** The group's object or somebody's ends, with whatever it was about to do. */
  async #crash(): Promise<void> {
    const whose = this.#dice.chance("whose", 0.4)
      ? groupObject(this.conversation)
      : objectOf(this.#dice.pick("crashed", this.people).user);
    // The object ends before it can answer: the call failing is the call having worked.
    await whose.crash().catch(() => undefined);
  }
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, i) => all.slice(i * size, (i + 1) * size));
}

/** Short waits and many rows, so that whatever ends does so in the midst of something. */
export const HASTY = {
  safetyAlarmMs: 300,
  handOffDelaysMs: [50, 100],
  rateBurst: 100_000,
  flushEntries: 10,
  checkpointRows: 40,
  connectsPerMinute: 100_000,
};

/** A crowd after all that its plan holds. */
export async function played(plan: CrowdPlan): Promise<Crowd> {
  const crowd = new Crowd(plan);
  await crowd.begin();
  await crowd.run();
  return crowd;
}
