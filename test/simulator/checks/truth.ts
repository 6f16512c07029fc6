import { isDeepStrictEqual } from "node:util";
import type { Content } from "../../../protocol/entries.ts";
import { formatMessageId } from "../../../protocol/ids.ts";
import type { Logged } from "../../../worker/core/row.ts";

/** What is known from outside of a message that somebody queued. */
export interface Sent {
  readonly id: string;
  readonly conversation: string;
  readonly content: Content;
  readonly key: string;
  /** Submit frames that carried it. */
  attempts: number;
  /** Calls with it that reached its home: each is an attempt of its own. */
  arrivals: number;
  accepted: boolean;
  /** The number that its sender was told. */
  number: number | null;
  refused: string | null;
  failed: boolean;
}

/** An entry as its home numbered it. */
export interface Numbered {
  readonly id: string;
  readonly hash: number;
  readonly at: number;
  readonly content: Content | null;
  /** The group's own word that its members have copies from here on. */
  readonly beginsCopies: boolean;
}

/** All that was sent, and all that was numbered: what every list is compared with. */
export class Truth {
  readonly sent = new Map<string, Sent>();
  /** Ids that were sent a second time with something else in them. */
  readonly forged = new Set<string>();
  /** Those of them that have arrived and wait for their answer. */
  readonly forgeries = new Set<string>();
  readonly #logs = new Map<string, Numbered[]>();
  /** By user: newest seq that a device has said to have. */
  readonly #acked = new Map<string, number>();
  readonly #placed = new Map<string, { readonly conversation: string; readonly number: number }>();

  queued(id: string, conversation: string, content: Content, key: string): void {
    const known = this.sent.get(id);
    if (known !== undefined) throw new Error(`${id} was queued twice`);
    this.sent.set(id, {
      id,
      conversation,
      content,
      key,
      attempts: 0,
      arrivals: 0,
      accepted: false,
      number: null,
      refused: null,
      failed: false,
    });
  }

  acks(user: string, seq: number): void {
    this.#acked.set(user, Math.max(seq, this.ackedBy(user)));
  }

  ackedBy(user: string): number {
    return this.#acked.get(user) ?? 0;
  }

  conversations(): Iterable<string> {
    return this.#logs.keys();
  }

  head(conversation: string): number {
    return this.#logs.get(conversation)?.length ?? 0;
  }

  at(conversation: string, number: number): Numbered | undefined {
    return this.#logs.get(conversation)?.[number - 1];
  }

  placeOf(id: string): { readonly conversation: string; readonly number: number } | undefined {
    return this.#placed.get(id);
  }

  /** The home committed its next entry. Returns what is wrong with it. */
  number(row: Logged & { readonly conversation: string }): string | undefined {
    const { conversation, number } = row;
    const id = formatMessageId(row.origin);
    const log = this.#logs.get(conversation) ?? [];
    this.#logs.set(conversation, log);
    const sent = this.sent.get(id);
    const before = this.#placed.get(id);
    const { hash, at, body } = row;
    const beginsCopies = body.kind === "group-mode" && body.mode === "copy";
    log.push({ id, hash, at, content: sent?.content ?? null, beginsCopies });
    this.#placed.set(id, { conversation, number });
    if (log.length !== number)
      return `S13 ${conversation} issued ${number} after ${log.length - 1}`;
    if (before !== undefined) return `S2 ${id} got number ${number}, and had ${before.number}`;
    // The group itself says what it has become.
    if (sent === undefined && row.body.kind === "group-mode") return undefined;
    if (sent === undefined) return `S3 ${id} was never sent`;
    if (sent.conversation !== conversation) return `S3 ${id} was sent to ${sent.conversation}`;
    // A group writes down what it has made of it.
    const isManaged = conversation.startsWith("group:") && sent.content.kind !== "text";
    const same = isManaged || isDeepStrictEqual(row.body, sent.content);
    if (row.body.kind === "withheld") return undefined;
    return same ? undefined : `S3 ${id} was sent with another body`;
  }

  /** Texts that nobody may be sent any more once `number` is recalled, unless they were said anew. */
  textsOf(conversation: string, number: number): string[] {
    const log = this.#logs.get(conversation) ?? [];
    const original = log[number - 1]?.content;
    const texts = original?.kind === "text" ? [original.text] : [];
    for (const { content } of log) {
      if (content?.kind === "edit" && content.target === number) texts.push(content.text);
    }
    const anew = log.filter(
      ({ content }, index) => content?.kind === "text" && index !== number - 1,
    );
    const said = new Set(anew.map(({ content }) => (content?.kind === "text" ? content.text : "")));
    return texts.filter((text) => !said.has(text));
  }
}
