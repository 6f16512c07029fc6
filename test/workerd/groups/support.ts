/** Groups on raw frames: made, joined, looked into. */
import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import type { Content, Entry } from "../../../protocol/entries.ts";
import type { Membership } from "../../../protocol/groups.ts";
import { groupConversation } from "../../../protocol/ids.ts";
import type { SubmitResult } from "../../../protocol/server-frames.ts";
import type { GroupObject } from "../../../worker/group-object.ts";
import type { SqlRow, SqlValue } from "../../../worker/sql.ts";
import { deviceOf } from "../objects.ts";
import { newUser, type RawDevice } from "../support.ts";

/** 22 characters that nobody else in this run has: a group's id, or a link's token. */
export function freshId(): string {
  return crypto.randomUUID().replaceAll("-", "").slice(0, 22);
}

export function groupObject(conversation: string): DurableObjectStub<GroupObject> {
  const name = conversation.slice("group:".length);
  return env.GROUP.getByName(name) as unknown as DurableObjectStub<GroupObject>;
}

export function fireGroupAlarm(conversation: string): Promise<boolean> {
  return runDurableObjectAlarm(groupObject(conversation));
}

export async function evictGroup(conversation: string): Promise<void> {
  await evictDurableObject(groupObject(conversation));
}

export function groupSql(
  conversation: string,
  statement: string,
  ...bindings: readonly SqlValue[]
): Promise<SqlRow[]> {
  return runInDurableObject(groupObject(conversation), (_, state) =>
    state.storage.sql.exec<SqlRow>(statement, ...bindings).toArray(),
  );
}

export interface TestGroup {
  readonly conversation: string;
  readonly devices: readonly RawDevice[];
}

/** A group of these many, one device each; the first is its owner. */
export async function newGroup(
  size: number,
  create: Partial<Extract<Content, { kind: "group-create" }>> = {},
): Promise<TestGroup> {
  const devices: RawDevice[] = [];
  for (let i = 0; i < size; i++) devices.push(await deviceOf(newUser(`m${i}`)));
  const conversation = groupConversation(freshId());
  const [owner, ...others] = devices;
  const members = others.map(({ user }) => user);
  const content = { kind: "group-create", title: "Trip", members, ...create } as const;
  if (owner === undefined) throw new Error("a group has an owner");
  expect(await tell(owner, conversation, content)).toMatchObject({ number: 1 });
  await Promise.all(devices.map((device) => placeOf(device, conversation)));
  return { conversation, devices };
}

/** Says it and waits for the answer. */
export function tell(
  device: RawDevice,
  conversation: string,
  content: string | Content,
): Promise<SubmitResult> {
  return device.result(device.sayIn(conversation, content), conversation);
}

/** Says what must be refused; the next message stands on the one before it. */
export async function refusalOf(device: RawDevice, conversation: string, body: Content) {
  return (await errorOf(device, conversation, body))?.code;
}

/** As `refusalOf`, with all that is told. */
export async function errorOf(device: RawDevice, conversation: string, body: Content) {
  device.counter += 1;
  const { counter } = device;
  const result = await device.submit({
    conversation,
    counter,
    prev: lastOf(device, conversation),
    body,
  });
  return result.error;
}

/** Counter of the device's last message in this conversation that was accepted. */
function lastOf(device: RawDevice, conversation: string): number {
  const own = device.frames.flatMap((frame) => (frame.t === "accepted" ? frame.results : []));
  const counters = own
    .filter((one) => one.conversation === conversation && one.error === undefined)
    .map((one) => one.counter);
  return Math.max(0, ...counters);
}

export function entriesIn(device: RawDevice, conversation: string): Entry[] {
  return device.entries.filter((entry) => entry.conversation === conversation);
}

/** The entry with this number, once it is here. */
export function entryAt(device: RawDevice, conversation: string, number: number): Promise<Entry> {
  return device.until(() =>
    entriesIn(device, conversation).findLast((entry) => entry.number === number),
  );
}

/** The newest word of the group about this user's place that passes. */
export function placeOf(
  device: RawDevice,
  conversation: string,
  passes: (place: Membership) => boolean = () => true,
): Promise<Membership> {
  return device.until(() => {
    const places = entriesIn(device, conversation).flatMap(({ body }) =>
      body.kind === "membership" ? [body] : [],
    );
    const newest = places.at(-1);
    return newest !== undefined && passes(newest) ? newest : undefined;
  });
}

/** Texts that this device was given, in their order. */
export async function textsIn(device: RawDevice, conversation: string, count: number) {
  return device.until(() => {
    const texts = entriesIn(device, conversation).flatMap(({ body }) =>
      body.kind === "text" ? [body.text] : [],
    );
    return texts.length >= count ? texts : undefined;
  });
}
