import { isDeepStrictEqual } from "node:util";
import { emptyRow } from "../../../client/core/conversations.ts";
import type { ConversationRow } from "../../../client/store.ts";
import { PLAIN_ARRANGEMENT } from "../../../protocol/arrange.ts";
import type { Arrangement, Draft } from "../../../protocol/personal.ts";
import { notesOf } from "../../../worker/core/people.ts";
import type { TimelineRow } from "../../../worker/core/row.ts";
import type { SimDevice } from "../device.ts";
import type { SimObject } from "../object.ts";
import type { Counters } from "../sometimes.ts";
import type { World } from "../world.ts";

/** What a user keeps for themself, as rows have it. */
export class PersonalRows {
  readonly arrangements = new Map<string, Arrangement>();
  readonly drafts = new Map<string, Draft>();
  /** Whom this user keeps out. */
  readonly blocked = new Set<string>();
  /** Whatever was a draft once: the user's own, also when a message with it was recalled. */
  readonly drafted = new Set<string>();

  take({ conversation, body }: TimelineRow, counters: Counters): void {
    const arrangement = this.arrangements.get(conversation);
    if (body.kind === "arrangement") {
      const { kind: _, ...after } = body;
      this.arrangements.set(conversation, after);
      counters.note("arranged");
    } else if (body.kind === "draft") {
      const { kind: _, ...draft } = body;
      const before = this.drafts.get(conversation);
      if (before !== undefined && before.device !== draft.device) counters.note("draft taken over");
      this.drafts.set(conversation, draft);
      this.drafted.add(draft.text);
    } else if (body.kind === "blocked") {
      if (body.on) this.blocked.add(body.user);
      else this.blocked.delete(body.user);
    } else if (arrangement?.markedUnread && isReadThrough(body)) {
      this.arrangements.set(conversation, { ...arrangement, markedUnread: false });
    }
  }
}

/**
 * Reading takes back that something is marked as unread, a group's word of what is unread does not;
 * who leaves a group misses nothing.
 */
function isReadThrough(body: TimelineRow["body"]): boolean {
  if (body.kind === "read") return body.head === undefined;
  return body.kind === "membership" && body.state !== "member";
}

/** One word of a device; what it said before counts no more once this one is kept there. */
interface Said {
  readonly device: string;
  readonly value: unknown;
  isKept: boolean;
  isOver: boolean;
}

/** What a user keeps for themself is the same on all devices, and is what one of them said last. */
export class PersonalChecks {
  readonly #world: World;
  readonly #said = new Map<string, Said[]>();
  readonly #sent = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  /** Call `kept` once the device says that it has it. */
  wishes(
    { id: device, user }: SimDevice,
    conversation: string,
    field: string,
    value: unknown,
  ): { kept(): void } {
    const key = `${user} ${conversation} ${field}`;
    const all = this.#said.get(key) ?? [];
    this.#said.set(key, all);
    const before = all.filter((one) => one.device === device && one.isKept);
    const said: Said = { device, value, isKept: false, isOver: false };
    all.push(said);
    const kept = () => {
      said.isKept = true;
      for (const one of before) one.isOver = true;
    };
    return { kept };
  }

  /** A draft is about to be sent. */
  isFirst(text: string): boolean {
    const isFirst = !this.#sent.has(text);
    this.#sent.add(text);
    return isFirst;
  }

  /** Wishes that are not so yet. */
  unrest(device: SimDevice): string | undefined {
    const { conversations } = device.disk.records.image();
    const open = conversations.find(({ wish }) => wish !== undefined);
    return open && `still wishes ${JSON.stringify(open.wish)} of ${open.conversation}`;
  }

  compare(object: SimObject, devices: readonly SimDevice[]): void {
    const { arrangements, drafts, blocked } = this.#world.rows.of(object).personal;
    for (const device of devices) {
      const rows = new Map(
        device.disk.records.image().conversations.map((row) => [row.conversation, row]),
      );
      for (const conversation of new Set([
        ...rows.keys(),
        ...arrangements.keys(),
        ...drafts.keys(),
      ])) {
        const row = rows.get(conversation) ?? emptyRow(conversation);
        this.#same(device, row, arrangements.get(conversation), drafts.get(conversation));
      }
      const keepsOut = rows.get(notesOf(object.user))?.people?.blocked ?? [];
      if (!isDeepStrictEqual(keepsOut, [...blocked].sort())) {
        this.#say(`${device.id} keeps out ${keepsOut}, it is ${[...blocked]}`);
      }
    }
    for (const [key, said] of this.#said) this.#mustBeSaid(object, devices, key, said);
  }

  #same(
    device: SimDevice,
    row: ConversationRow,
    arrangement: Arrangement | undefined,
    draft: Draft | undefined,
  ): void {
    const has = { arrangement: row.arrangement ?? PLAIN_ARRANGEMENT, draft: row.draft };
    const wanted = { arrangement: arrangement ?? PLAIN_ARRANGEMENT, draft };
    if (isDeepStrictEqual(has, wanted)) return;
    const texts = [JSON.stringify(has), JSON.stringify(wanted)].join(", it is ");
    this.#say(`${device.id} has of ${row.conversation} ${texts}`);
  }

  /** Nobody's word is lost but to a later one; of a device that is gone any word may have come. */
  #mustBeSaid(
    object: SimObject,
    devices: readonly SimDevice[],
    key: string,
    said: readonly Said[],
  ): void {
    const [user, conversation = "", field] = key.split(" ");
    // Read marks take it back; groups that one is not in are not arranged.
    if (user !== object.user || field === "markedUnread" || conversation.startsWith("group:"))
      return;
    const ids = devices.map(({ id }) => id);
    const isSure = said.some(({ device, isKept }) => isKept && ids.includes(device));
    const value = this.#valueOf(object, conversation, field);
    const candidates = said.filter(({ device, isOver }) => !isOver || !ids.includes(device));
    if (!isSure || candidates.some((one) => isDeepStrictEqual(one.value, value))) return;
    const wanted = candidates.map((one) => `${one.device}: ${JSON.stringify(one.value)}`).join();
    this.#say(`${key} is ${JSON.stringify(value)} in the end, wanted was ${wanted}`);
  }

  #valueOf(object: SimObject, conversation: string, field: string | undefined): unknown {
    const { arrangements, drafts, blocked } = this.#world.rows.of(object).personal;
    if (field === "draft") return drafts.get(conversation)?.text ?? "";
    if (field?.startsWith("block:")) return blocked.has(field.slice("block:".length));
    const {
      pinned,
      archived,
      folders,
      mutedUntil = null,
    } = arrangements.get(conversation) ?? PLAIN_ARRANGEMENT;
    return Object.entries({ pinned, archived, folders, mutedUntil }).find(
      ([name]) => name === field,
    )?.[1];
  }

  #say(text: string): void {
    this.#world.findings.add("L1", "unexpected", text);
  }
}
