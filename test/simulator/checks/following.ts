import { isFollowed, isHandedByNumber, logCursor } from "../../../client/core/followed.ts";
import type { Records } from "../../../client/engine/records.ts";
import type { Message } from "../../../client/model.ts";
import type { ConversationRow, StoreBatch } from "../../../client/store.ts";
import { parseMessageId } from "../../../protocol/ids.ts";
import type { ServerFrame } from "../../../protocol/server-frames.ts";
import { isGroup } from "../../../worker/core/home.ts";
import type { SimDevice } from "../device.ts";
import type { Counters } from "../sometimes.ts";
import type { SimTab } from "../tab.ts";
import type { Findings, Harm } from "./findings.ts";
import type { Truth } from "./truth.ts";

/** The run of a log that a device has, of the view that began at `from`. */
interface Run {
  readonly from: number;
  /** Of the place that it follows by. */
  readonly version: number;
  readonly first: number;
  readonly cursor: number;
}

/** Looks at how one device follows the logs of large groups, and hands them to its app: S4, S6. */
export class FollowingChecks {
  readonly #findings: Findings;
  readonly #truth: Truth;
  readonly #counters: Counters;
  readonly #device: string;
  /** Where this user's view of a group begins, as the group has it now. */
  readonly #viewFrom: (conversation: string) => number;
  readonly #runs = new Map<string, Run>();
  /** How far rows say that apps have taken logs. */
  readonly #taken = new Map<string, number>();
  /** What came as stubs while one was out of a group: no news once one is back. */
  readonly #stubs = new Set<string>();
  /** What apps were handed, by conversation. */
  readonly #handed = new Map<string, Set<number>>();
  /** What each tab's app was handed last. */
  readonly #last = new WeakMap<SimTab, Map<string, number>>();
  subject: SimDevice | undefined;

  constructor(
    findings: Findings,
    truth: Truth,
    counters: Counters,
    device: string,
    viewFrom: (conversation: string) => number,
  ) {
    this.#viewFrom = viewFrom;
    this.#findings = findings;
    this.#truth = truth;
    this.#counters = counters;
    this.#device = device;
  }

  /** A frame has come, and nothing was done with it yet. */
  heard(text: string): void {
    if (!text.startsWith('{"t":"log"')) return;
    const { conversation, from } = JSON.parse(text) as Extract<ServerFrame, { t: "log" }>;
    const row = this.#row(conversation);
    if (row?.handed === undefined || !isFollowed(row)) return;
    if (from > logCursor(row) + 1) this.#counters.note("gap in a passed log");
  }

  applied(batch: StoreBatch): void {
    if (batch.clearEntries === true) this.#runs.clear();
    if (batch.clearEntriesOf !== undefined) this.#runs.delete(batch.clearEntriesOf);
    for (const { entry } of batch.entries ?? []) {
      const { conversation, number, body } = entry;
      if (body.kind === "withheld") this.#stubs.add(`${conversation} ${number}`);
    }
    for (const row of batch.conversations ?? []) {
      if (!isGroup(row.conversation)) continue;
      this.#follow(row);
      this.#take(row);
    }
  }

  /** S4: a cursor passes nothing that is not here. */
  #follow(row: ConversationRow): void {
    const { conversation, membership } = row;
    const before = this.#runs.get(conversation);
    this.#runs.delete(conversation);
    if (!isFollowed(row)) return;
    const { from = 1, version = 0 } = membership ?? {};
    const cursor = logCursor(row);
    const isBack = before !== undefined && before.version < version && cursor < before.cursor;
    // One page may tell of going and of coming back: what was heard of that stay before is taken again.
    const isOne = before?.from === from && !isBack;
    // One page may tell of copies that were between: the log before those is history.
    const copied = isOne ? this.#copiedFrom(conversation, before.version, version) : 0;
    const first = isOne ? Math.max(before.first, copied) : cursor + 1;
    this.#runs.set(conversation, { from, version, first, cursor });
    if (!isOne) return;
    if (cursor < before.cursor) this.#say("S4", `goes back to ${cursor} of ${conversation}`);
    // What was before they came again is not for them, though this device has not heard of it yet.
    const begin = Math.max(copied, this.#viewFrom(conversation));
    this.#mustHave(conversation, Math.max(before.cursor + 1, begin), cursor);
  }

  /** Where copies began last after one version of a place, up to another; 0: they did not. */
  #copiedFrom(conversation: string, after: number, upTo: number): number {
    for (let number = upTo; number > after; number -= 1) {
      if (this.#truth.at(conversation, number)?.beginsCopies) return number;
    }
    return 0;
  }

  #mustHave(conversation: string, from: number, to: number): void {
    const held = this.#records?.range(conversation, from, to).length ?? 0;
    if (held >= to - from + 1) return;
    this.#say("S4", `has ${held} of ${conversation} ${from}…${to}`, "lost");
  }

  /** S6: nothing is passed that the app has not had. */
  #take({ conversation, handed, membership }: ConversationRow): void {
    const before = this.#taken.get(conversation);
    if (handed === undefined) {
      this.#taken.delete(conversation);
      return;
    }
    this.#taken.set(conversation, handed.upTo);
    if (before === undefined) return;
    if (handed.upTo < before) this.#say("S6", `hands ${conversation} from ${handed.upTo} again`);
    const begin = Math.max(membership?.from ?? 1, this.#viewFrom(conversation));
    const first = Math.max(before + 1, begin);
    this.#mustBeHanded(conversation, first, handed.upTo);
  }

  #mustBeHanded(conversation: string, from: number, to: number): void {
    for (let number = from; number <= to; number += 1) {
      if (this.#handed.get(conversation)?.has(number)) continue;
      if (!this.#concernsApp(conversation, number)) continue;
      this.#say("S6", `passes ${conversation} ${number}, which the app never saw`, "lost");
    }
  }

  #concernsApp(conversation: string, number: number): boolean {
    const origin = parseMessageId(this.#truth.at(conversation, number)?.id ?? "");
    if (origin?.device === this.#device) return false;
    if (this.#stubs.has(`${conversation} ${number}`)) return false;
    const [stored] = this.#records?.range(conversation, number, number) ?? [];
    return stored?.entry.body.kind !== "placeholder";
  }

  /** S6: in the order of the log, and once by each process that hands it. */
  handed({ conversation, number }: Message, tab: SimTab): void {
    if (number === undefined || !isGroup(conversation)) return;
    const handed = this.#handed.get(conversation) ?? new Set();
    this.#handed.set(conversation, handed);
    const row = this.#row(conversation);
    const [stored] = this.#records?.range(conversation, number, number) ?? [];
    const isOfLog = isHandedByNumber(row, stored?.entry.seq ?? 0) || stored?.entry.seq === 0;
    if (row?.handed !== undefined && isOfLog) this.#inOrder(row, number, tab);
    handed.add(number);
  }

  #inOrder({ conversation, handed, membership }: ConversationRow, number: number, tab: SimTab) {
    const { upTo = 0 } = handed ?? {};
    const last = this.#last.get(tab) ?? new Map<string, number>();
    this.#last.set(tab, last);
    const isAgain = number <= upTo || number <= (last.get(conversation) ?? 0);
    if (isAgain) this.#say("S6", `is handed ${conversation} ${number} again`, "duplicated");
    last.set(conversation, number);
    const begin = Math.max(membership?.from ?? 1, this.#viewFrom(conversation));
    this.#mustBeHanded(conversation, Math.max(upTo + 1, begin), number - 1);
  }

  /** S4: from where it began to the end. */
  atRest(): void {
    for (const [conversation, { first, cursor }] of this.#runs) {
      this.#mustHave(conversation, Math.max(first, this.#viewFrom(conversation)), cursor);
    }
  }

  #row(conversation: string): ConversationRow | undefined {
    const rows = this.#records?.image().conversations ?? [];
    return rows.find((row) => row.conversation === conversation);
  }

  get #records(): Records | undefined {
    return this.subject?.disk.records;
  }

  #say(invariant: string, text: string, harm: Harm = "unexpected"): void {
    this.#findings.add(invariant, harm, `${this.#device}: ${text}`);
  }
}
