import type { MessageState, SendHandle } from "../../../client/model.ts";
import { isGroup } from "../../../worker/core/home.ts";
import type { Counters } from "../sometimes.ts";
import type { SimTab } from "../tab.ts";
import type { Findings } from "./findings.ts";
import type { Truth } from "./truth.ts";

/** What a message that was promised has come to: it goes on, and never back. */
const STEPS: readonly MessageState[] = ["accepted", "routed", "delivered", "read", "recalled"];

/** One message as the app that sent it is told of it. */
interface Told {
  readonly tab: SimTab;
  readonly handle: SendHandle;
  isQueued: boolean;
  isAnswered: boolean;
}

/**
 * L3: what `send` gives settles, says the truth, and never takes it back.
 */
export class HandleChecks {
  readonly #findings: Findings;
  readonly #truth: Truth;
  readonly #counters: Counters;
  readonly #device: string;
  #told: Told[] = [];

  constructor(findings: Findings, truth: Truth, counters: Counters, device: string) {
    this.#findings = findings;
    this.#truth = truth;
    this.#counters = counters;
    this.#device = device;
  }

  watch(tab: SimTab, conversation: string, handle: SendHandle): void {
    const told: Told = { tab, handle, isQueued: false, isAnswered: false };
    this.#told.push(told);
    const queued = () => {
      told.isQueued = true;
    };
    handle.queued.then(queued, queued);
    handle.accepted.then(
      ({ id, number }) => {
        told.isAnswered = true;
        this.#promised(id, conversation, number);
      },
      () => {
        told.isAnswered = true;
        this.#counters.note("send refused to its caller");
      },
    );
    // In a group `delivered` is about all of it, and others may join.
    if (!isGroup(conversation)) this.#follow(handle);
  }

  atRest(): void {
    this.#told = this.#told.filter(({ tab }) => tab.isAlive);
    for (const { handle, isQueued, isAnswered } of this.#told) {
      const about = `${handle.id ?? handle.key} (${handle.state})`;
      if (!isQueued) this.#say("L3", `nobody is told whether ${about} was queued`);
      if (!isAnswered) this.#say("L3", `nobody is told whether ${about} was accepted`);
    }
  }

  #promised(id: string, conversation: string, number: number | null): void {
    this.#counters.note("promise told to its caller");
    const sent = this.#truth.sent.get(id);
    if (sent === undefined) return this.#say("S3", `tells of ${id}, which nobody queued`);
    if (number === null) return;
    const there = this.#truth.at(conversation, number)?.id;
    if (there !== id) this.#say("S13", `tells ${id} as ${conversation} ${number}: ${there}`);
  }

  #follow(handle: SendHandle): void {
    let before: MessageState = handle.state;
    handle.onState((state) => {
      const falls = STEPS.indexOf(state) < STEPS.indexOf(before);
      // Promised and refused by the home, or asked for once more.
      const isAnew = state === "failed" || before === "failed";
      if (falls && !isAnew) this.#say("S7", `${handle.id} was ${before} and is ${state}`);
      before = state;
    });
  }

  #say(invariant: string, text: string): void {
    this.#findings.add(invariant, "unexpected", `${this.#device}: ${text}`);
  }
}
