/**
 * What happened, as the outside saw it: what each sender was told, and what each device stored in
 * which order. Judged at rest, when all accepted messages had their chance to arrive.
 *
 * A message that was sent and never answered is neither accepted nor failed, but unknown: it may be
 * on no device or on all of them, but not on some.
 */
import { parseMessageId } from "../../protocol/names.ts";

/** A message as a device has stored it. */
export interface Stored {
  readonly conversation: string;
  readonly number: number;
  readonly id: string;
  readonly text: string;
}

/** The counts of S1 to S4; all but `recovered` must be 0. */
export interface Verdict {
  readonly messages: number;
  readonly accepted: number;
  /** Accepted, or stored somewhere, and missing on a device (S1); counted once per device. */
  readonly lost: number;
  /** Stored again on a device that had it, under whatever number (S2). */
  readonly duplicated: number;
  /** Stored after a higher number, or after a later message of the same sending device (S4). */
  readonly reordered: number;
  /** Never sent, sent otherwise, refused and shown, or a number told twice or never (S3, S13). */
  readonly unexpected: number;
  /** Under way when a fault struck or sent while it lasted, and on every device in the end. */
  readonly recovered: number;
  /** The first findings in words. */
  readonly findings: readonly string[];
}

type Answer =
  | { readonly kind: "unknown" }
  | { readonly kind: "accepted"; readonly number: number | null }
  | { readonly kind: "refused"; readonly code: string };

interface Sent {
  readonly conversation: string;
  readonly text: string;
  answer: Answer;
  wasUnderWay: boolean;
  readonly storedOn: ReadonlySet<string>;
}

const MAX_FINDINGS = 20;

export class History {
  readonly #sent = new Map<string, Sent>();
  /** What each device has in its store, in the order in which it came there. */
  readonly #devices = new Map<string, Stored[]>();
  /** What each device's app was handed, where that is told apart. */
  readonly #handed = new Map<string, Stored[]>();
  /** Conversation to the devices that are to have it. */
  readonly #members = new Map<string, string[]>();
  /** Message to devices. Apart from what was sent: a device may be told before its sender is. */
  readonly #storedOn = new Map<string, Set<string>>();
  readonly #contradictions: string[] = [];
  #faults = 0;
  /** Faults that are not over. */
  #lasting = 0;

  /** A device that is to end up with every message of these conversations. */
  addDevice(device: string, conversations: readonly string[]): void {
    this.#devices.set(device, []);
    for (const conversation of conversations) {
      this.#members.set(conversation, [...(this.#members.get(conversation) ?? []), device]);
    }
  }

  sent(id: string, conversation: string, text: string): void {
    if (this.#sent.has(id)) {
      this.#contradictions.push(`${id} was sent twice as a new message`);
      return;
    }
    const storedOn = this.#devicesWith(id);
    const answer = { kind: "unknown" } as const;
    this.#sent.set(id, { conversation, text, answer, wasUnderWay: this.#lasting > 0, storedOn });
  }

  accepted(id: string, number: number | null): void {
    const sent = this.#sent.get(id);
    if (sent === undefined) {
      this.#contradictions.push(`${id} was accepted and never sent`);
      return;
    }
    const before = sent.answer;
    if (before.kind === "accepted" && before.number !== null && before.number !== number) {
      this.#contradictions.push(`${id} was told number ${before.number}, then ${number}`);
    }
    sent.answer = { kind: "accepted", number };
  }

  /** Refused for good. A later attempt of the same id may still be accepted. */
  refused(id: string, code: string): void {
    const sent = this.#sent.get(id);
    if (sent?.answer.kind === "accepted") {
      this.#contradictions.push(`${id} was accepted, then refused with ${code}`);
    } else if (sent !== undefined) sent.answer = { kind: "refused", code };
  }

  /** The device has it, and nothing is left to be done with it there. */
  stored(device: string, message: Stored): void {
    this.kept(device, message);
    this.#devicesWith(message.id).add(device);
  }

  /** The device has it in its store; its app is still to be handed it. */
  kept(device: string, message: Stored): void {
    const log = this.#devices.get(device);
    if (log === undefined) throw new Error(`unknown device ${device}`);
    log.push(message);
  }

  /** The app of the device has taken it. */
  handed(device: string, message: Stored): void {
    const log = this.#handed.get(device) ?? [];
    this.#handed.set(device, log);
    log.push(message);
    this.#devicesWith(message.id).add(device);
  }

  /** Something is broken until the result is called: what is under way has to be recovered. */
  fault(): () => void {
    this.#faults += 1;
    this.#lasting += 1;
    for (const sent of this.#sent.values()) {
      if (sent.answer.kind === "unknown" || this.#missing(sent).length > 0) {
        sent.wasUnderWay = true;
      }
    }
    return () => {
      this.#lasting -= 1;
    };
  }

  get faults(): number {
    return this.#faults;
  }

  /** Messages that are not answered yet, or not on every device that is to have them. */
  underWay(): string[] {
    return [...this.#sent]
      .filter(([, sent]) => sent.answer.kind === "unknown" || this.#missing(sent).length > 0)
      .map(([id]) => id);
  }

  /** Messages without an answer. */
  unanswered(): string[] {
    return [...this.#sent].filter(([, { answer }]) => answer.kind === "unknown").map(([id]) => id);
  }

  knows(id: string): boolean {
    return this.#sent.has(id);
  }

  /** What a device has stored, in its order. */
  textsOn(device: string): string[] {
    return this.#devices.get(device)?.map(({ text }) => text) ?? [];
  }

  verdict(): Verdict {
    const lost = this.#lost();
    const duplicated = this.#perDevice(duplicates);
    const reordered = this.#perDevice(disorder);
    const unexpected = [...this.#contradictions, ...this.#phantoms(), ...this.#numbering()];
    const sent = [...this.#sent.values()];
    return {
      messages: sent.length,
      accepted: sent.filter(({ answer }) => answer.kind === "accepted").length,
      lost: lost.length,
      duplicated: duplicated.length,
      reordered: reordered.length,
      unexpected: unexpected.length,
      recovered: sent.filter((one) => this.#isRecovered(one)).length,
      findings: [...lost, ...duplicated, ...reordered, ...unexpected].slice(0, MAX_FINDINGS),
    };
  }

  #devicesWith(id: string): Set<string> {
    const devices = this.#storedOn.get(id) ?? new Set<string>();
    this.#storedOn.set(id, devices);
    return devices;
  }

  #isRecovered(sent: Sent): boolean {
    return sent.wasUnderWay && sent.storedOn.size > 0 && this.#missing(sent).length === 0;
  }

  /** The devices that lack a message which they are to have. */
  #missing(sent: Sent): string[] {
    if (sent.answer.kind !== "accepted" && sent.storedOn.size === 0) return [];
    const members = this.#members.get(sent.conversation) ?? [];
    return members.filter((device) => !sent.storedOn.has(device));
  }

  #lost(): string[] {
    return [...this.#sent].flatMap(([id, sent]) =>
      this.#missing(sent).map((device) => `${id} is ${sent.answer.kind} and not on ${device}`),
    );
  }

  #perDevice(find: (stored: readonly Stored[]) => string[]): string[] {
    return [...this.#devices, ...this.#handed].flatMap(([device, stored]) =>
      find(stored).map((finding) => `${device}: ${finding}`),
    );
  }

  #phantoms(): string[] {
    return this.#perDevice((stored) => stored.flatMap((message) => this.#phantom(message)));
  }

  #phantom(message: Stored): string[] {
    const sent = this.#sent.get(message.id);
    if (sent === undefined) return [`${message.id} was never sent`];
    if (sent.conversation !== message.conversation || sent.text !== message.text) {
      return [`${message.id} was sent otherwise: ${sent.conversation} ${sent.text}`];
    }
    if (sent.answer.kind === "refused") {
      return [`${message.id} was refused with ${sent.answer.code}`];
    }
    const told = sent.answer.kind === "accepted" ? sent.answer.number : null;
    return told === null || told === message.number
      ? []
      : [`${message.id} has number ${message.number}, its sender was told ${told}`];
  }

  /** Each number belongs to one message on all devices, and none is left out. */
  #numbering(): string[] {
    const logs = new Map<string, Map<number, string>>();
    const findings: string[] = [];
    for (const stored of this.#devices.values()) {
      for (const { conversation, number, id } of stored) {
        const log = logs.get(conversation) ?? new Map<number, string>();
        logs.set(conversation, log);
        const other = log.get(number);
        if (other !== undefined && other !== id) {
          findings.push(`${conversation} ${number} is ${other} and ${id}`);
        }
        log.set(number, id);
      }
    }
    for (const [conversation, log] of logs) {
      const highest = Math.max(...log.keys());
      for (let number = 1; number < highest; number += 1) {
        if (!log.has(number)) findings.push(`${conversation} ${number} is on no device`);
      }
    }
    return findings;
  }
}

function duplicates(stored: readonly Stored[]): string[] {
  const seen = new Set<string>();
  return stored.flatMap(({ id }) => {
    if (seen.has(id)) return [`${id} again`];
    seen.add(id);
    return [];
  });
}

function disorder(stored: readonly Stored[]): string[] {
  const newest = new Map<string, number>();
  const overtakes = (lane: string, place: number) => {
    const before = newest.get(lane) ?? 0;
    newest.set(lane, Math.max(before, place));
    return place < before;
  };
  return stored.flatMap(({ conversation, number, id }) => {
    const origin = parseMessageId(id);
    const sender = `${conversation} ${origin?.user}:${origin?.device}`;
    const late = overtakes(conversation, number);
    const overtaken = origin !== undefined && overtakes(sender, origin.counter);
    return late || overtaken ? [`${conversation} ${number} (${id}) came too late`] : [];
  });
}
