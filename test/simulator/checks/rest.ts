import { isDeepStrictEqual } from "node:util";
import { peerMarks } from "../../../client/core/conversations.ts";
import type { ConversationRow } from "../../../client/store.ts";
import { type Entry, isCountable } from "../../../protocol/entries.ts";
import { parseMessageId, peerOf } from "../../../protocol/ids.ts";
import { exceeds, NO_MARKS } from "../../../protocol/marks.ts";
import { isGroup } from "../../../worker/core/home.ts";
import { maySee } from "../../../worker/core/membership.ts";
import { toEntry } from "../../../worker/core/row.ts";
import type { SimDevice } from "../device.ts";
import type { SimObject } from "../object.ts";
import type { World } from "../world.ts";
import type { Harm } from "./findings.ts";

/** Whether nothing is under way any more, and if not, what is. */
export type AtRest = { readonly isRest: true } | { readonly isRest: false; readonly why: string };

export function isAtRest(world: World): AtRest {
  const why = unrest(world);
  return why === undefined ? { isRest: true } : { isRest: false, why };
}

function unrest(world: World): string | undefined {
  for (const object of world.objects) {
    const waiting = world.rows.of(object).store.pending().length;
    if (waiting > 0) return `${object.user} has ${waiting} promises without a number`;
  }
  for (const conversation of world.truth.conversations()) {
    const behind = world.objects.find(
      ({ user }) =>
        peerOf(conversation, user) !== undefined &&
        world.rows.headOf(user, conversation) < world.truth.head(conversation),
    );
    if (behind !== undefined) return `${behind.user} lacks entries of ${conversation}`;
  }
  for (const [user, devices] of world.devices.entries()) {
    for (const device of devices) {
      const why = deviceUnrest(world, world.object(user), device);
      if (why !== undefined) return `${device.id} ${why}`;
    }
  }
  return world.groupChecks.unrest() ?? marksUnrest(world);
}

function deviceUnrest(world: World, object: SimObject, device: SimDevice): string | undefined {
  const { meta, outbox, conversations } = device.disk.records.image();
  const { seq: head, reads } = world.rows.of(object);
  const views = device.tabs.map(({ client }) => client.connection.get());
  const states = views.map(({ state }) => state.kind).join(", ");
  if (meta.handled < head) return `has handled ${meta.handled} of ${head}, it is ${states}`;
  if (views.some(({ state }) => state.kind !== "live")) return `is ${states}`;
  const leaders = views.filter(({ leader }) => leader).length;
  if (leaders !== 1) return `has ${leaders} leading tabs`;
  for (const { conversation, read, reread, membership } of conversations) {
    if (reread !== undefined && membership?.state === "member")
      return `is not done with reading ${conversation} again`;
    // Nobody is told how far somebody has read a group that they have left.
    const place = world.rows.membership(device.user, conversation);
    if (isGroup(conversation) && place?.state !== "member") continue;
    if (read > (reads.get(conversation) ?? 0)) return `has read ${read} of ${conversation}, alone`;
  }
  const [waiting] = outbox;
  if (waiting === undefined) return world.large.unrest(device) ?? world.personal.unrest(device);
  return `still has ${waiting.counter} (${waiting.status.kind}) in its outbox`;
}

/** Receipts: what one side has done, the other side must know in a row. */
function marksUnrest(world: World): string | undefined {
  for (const object of world.objects) {
    for (const conversation of world.truth.conversations()) {
      const user = peerOf(conversation, object.user);
      const peer = world.objects.find((one) => one.user === user);
      if (peer === undefined || peer === object) continue;
      // Whoever is kept out is told nothing.
      if (world.rows.of(peer).personal.blocked.has(object.user)) continue;
      const known = world.rows.of(object).marks.get(conversation) ?? NO_MARKS;
      const read = world.rows.of(peer).reads.get(conversation) ?? 0;
      const mayBeTold = !world.hidesReads.has(peer.user);
      if (mayBeTold && known.read < read && world.rows.sees(peer, conversation, known.read, read)) {
        return `${object.user} is not told that ${user} has read ${read}`;
      }
      const upTo = ackedSeq(world.devices[world.objects.indexOf(peer)] ?? []);
      const delivered = world.rows.foreignUpTo(peer, conversation, upTo);
      const { delivered: told } = known;
      if (told < delivered && world.rows.sees(peer, conversation, told, delivered)) {
        return `${object.user} is not told that ${user} has ${delivered} of ${conversation}`;
      }
    }
  }
  return undefined;
}

/** What the devices that are there have acked. A state is no delivery, an ack beyond it is. */
function ackedSeq(devices: readonly SimDevice[]): number {
  return Math.max(0, ...devices.map(({ old, witness }) => (old ? 0 : witness.acked)));
}

/** At rest: every list equals its home's log, and nothing promised is missing. */
export class RestChecks {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  run(): void {
    this.#promises();
    for (const [index, object] of this.#world.objects.entries()) {
      const entries = this.#entriesOf(object);
      for (const device of this.#world.devices[index] ?? []) this.#compare(device, entries);
      this.#world.personal.compare(object, this.#world.devices[index] ?? []);
      this.#silence(object);
    }
  }

  /** What an idle system may not spend. */
  costs(): { readonly alarms: number; readonly rows: number } {
    const { objects } = this.#world;
    return {
      alarms: objects.reduce((sum, { alarms }) => sum + alarms, 0),
      rows: objects.reduce((sum, { sql }) => sum + sql.rowsWritten, 0),
    };
  }

  idleSince(before: { readonly alarms: number; readonly rows: number }): void {
    const { alarms, rows } = this.costs();
    if (alarms > before.alarms) this.#say("B2", `${alarms - before.alarms} alarms while idle`);
    if (rows > before.rows && this.#world.plan.params.tokenMs > 10_000_000) {
      this.#say("B2", `${rows - before.rows} rows written while idle`);
    }
  }

  #promises(): void {
    for (const sent of this.#world.truth.sent.values()) {
      const place = this.#world.truth.placeOf(sent.id);
      if (sent.accepted && place === undefined && !sent.failed) {
        this.#say("S1", `${sent.id} was accepted and is nowhere`, "lost");
      }
      // One of several copies may have been refused, and another one not.
      const isSure = sent.refused !== null && sent.arrivals <= 1;
      if (!sent.accepted && isSure && place !== undefined) {
        this.#say("S3", `${sent.id} was refused with ${sent.refused} and has a number`);
      }
    }
  }

  /** The user's own view, row by row: what each device must have come to. */
  #entriesOf(object: SimObject): Map<string, Entry> {
    const rows = this.#world.rows.of(object).store.rows(1, 1_000_000);
    return new Map(
      rows
        .map(toEntry)
        .filter(({ number }) => number !== undefined)
        .map((entry) => [`${entry.conversation} ${entry.number}`, entry]),
    );
  }

  /** What is before the copies of a group that has grown small again, by number. */
  #logged(user: string, conversation: string): Map<number, Entry> {
    const { copyFrom = 0 } = this.#world.rows.membership(user, conversation) ?? {};
    const member = this.#world.large.member(user, conversation);
    if (member?.state !== "member" || copyFrom === 0) return new Map();
    const all = [...this.#world.large.entriesFor(member, conversation).values()];
    const before = all.filter(({ number }) => number < copyFrom);
    return new Map(before.map((entry) => [entry.number, { seq: 0, conversation, ...entry }]));
  }

  /** S7: unread follows from the log and the read mark. */
  #unread(user: string, conversation: string, entries: Iterable<Entry>): number {
    const object = this.#world.objectAt(`user:${user}`);
    if (object === undefined) return 0;
    const read = this.#world.rows.of(object).reads.get(conversation) ?? 0;
    let unread = 0;
    const logged = this.#logged(user, conversation);
    const rows = [...entries].filter(({ number = 0 }) => !logged.has(number));
    for (const { conversation: of, number = 0, id, body } of [...rows, ...logged.values()]) {
      const isForeign = parseMessageId(id ?? "")?.user !== user;
      if (of === conversation && isForeign && isCountable(body) && number > read) unread += 1;
    }
    return unread;
  }

  #compare(device: SimDevice, entries: ReadonlyMap<string, Entry>): void {
    const { records } = device.disk;
    device.witness.atRest();
    for (const row of records.image().conversations) {
      const { conversation, head, unread } = row;
      if (this.#world.large.isLargeFor(row)) {
        this.#world.large.compare(device, row);
        continue;
      }
      const truth = isGroup(conversation)
        ? this.#world.rows.headOf(device.user, conversation)
        : this.#world.truth.head(conversation);
      const wanted = this.#unread(device.user, conversation, entries.values());
      if (unread !== wanted) {
        this.#say("S7", `${device.id} counts ${unread} unread in ${conversation}, not ${wanted}`);
      }
      this.#compareMarks(device, row);
      if (head !== truth) this.#say("S4", `${device.id} ends ${conversation} at ${head}`, "lost");
      const held = records.range(conversation, 1, truth).map(({ entry }) => entry);
      for (const entry of held) this.#compareEntry(device, entry, entries);
    }
  }

  /**
   * S7: what a user's object has in rows of how far the other side is, each device has in its own. It
   * may know more: a hint came from what the other side had heard, and has lost in a crash.
   */
  #compareMarks(device: SimDevice, row: ConversationRow): void {
    const object = this.#world.objectAt(`user:${device.user}`);
    if (object === undefined) return;
    const wanted = this.#world.rows.of(object).marks.get(row.conversation) ?? NO_MARKS;
    const has = peerMarks(row);
    if (!exceeds(wanted, has)) return;
    const texts = [JSON.stringify(has), JSON.stringify(wanted)].join(", they are ");
    this.#say("S7", `${device.id} has marks of ${row.conversation} as ${texts}`);
  }

  #compareEntry(device: SimDevice, entry: Entry, entries: ReadonlyMap<string, Entry>): void {
    if (entry.body.kind === "placeholder") return;
    const key = `${entry.conversation} ${entry.number}`;
    const place = this.#world.rows.membership(device.user, entry.conversation);
    // Of a group that has grown small again, what is before that stands in its log alone.
    const logged = this.#logged(device.user, entry.conversation).get(entry.number ?? 0);
    const wanted = logged === undefined ? entries.get(key) : { ...logged, seq: entry.seq };
    if (isDeepStrictEqual(entry, wanted)) return;
    // What somebody may not see any more stays as it was, or is a stub.
    if (isGroup(entry.conversation) && !maySee(place, entry.number ?? 0)) return;
    const [has, wants] = [JSON.stringify(entry), JSON.stringify(wanted)];
    this.#say("L1", `${device.id} has ${key} as ${has}, it is ${wants}`);
  }

  /** S8: what was recalled is in no row and on no device. */
  #silence(object: SimObject): void {
    const { recalled } = this.#world.rows.of(object);
    if (recalled.length === 0) return;
    const tables = ["timeline", "pending", "ledger", "conversations"];
    const rows = tables.flatMap((table) => object.sql.all(`SELECT * FROM ${table}`));
    const texts = rows.map((row) => JSON.stringify(row));
    for (const gone of recalled) {
      const row = texts.find((text) => text.includes(gone));
      if (row !== undefined) this.#say("S8", `${object.user} still has “${gone}” in ${row}`);
    }
  }

  #say(invariant: string, text: string, harm: Harm = "unexpected"): void {
    this.#world.findings.add(invariant, harm, text);
  }
}
