/**
 * The runtime forgets an object after ten quiet seconds, about when its safety alarm comes. Whatever
 * an alarm finds then, an idle object comes to rest: asking anew at each alarm would never end.
 */
import { runInDurableObject } from "cloudflare:test";
import { afterAll, beforeAll, expect, test } from "vitest";
import { directConversation, groupConversation } from "../../protocol/ids.ts";
import { DEFAULT_SETTINGS } from "../../protocol/settings.ts";
import { callsTo } from "./faults.ts";
import { fireGroupAlarm, freshId, groupObject, newGroup, tell } from "./groups/support.ts";
import { alarmOf, deviceOf, evict, fireAlarm, isSettled } from "./objects.ts";
import { freshPolicy, newUser } from "./support.ts";

const { safetyAlarmMs } = DEFAULT_SETTINGS;
/** What an object has asked since it woke is over well before it is forgotten again. */
const SOON_MS = safetyAlarmMs / 2;

const NEVER = { kind: "fixed", delayMs: 3_600_000 } as const;
const strategies = { default: NEVER };
const retry = { ...DEFAULT_SETTINGS.retry, strategies, jitter: 0 };

beforeAll(() => freshPolicy({ safetyAlarmMs, groupCopyMembers: 2, retry }));
afterAll(() => freshPolicy());

async function alarmWithin(user: string, ms: number): Promise<void> {
  const before = Date.now();
  const alarmAt = await alarmOf(user);
  expect(alarmAt).not.toBeNull();
  expect((alarmAt ?? 0) - before).toBeLessThanOrEqual(ms);
}

test("R13 an object without devices that has forgotten asks once, and comes to rest", async () => {
  const owner = await deviceOf(newUser("owner"));
  const [away, other] = [newUser("away"), newUser("other")];
  const conversation = groupConversation(freshId());
  const group = conversation.slice("group:".length);
  const asked = () => callsTo(group).filter(({ from }) => from === `user:${away}`).length;
  await tell(owner, conversation, { kind: "group-create", title: "Trip", members: [away, other] });
  await expect.poll(() => callsTo(away)).toHaveLength(1);
  await expect.poll(() => alarmOf(away)).not.toBeNull();
  await evict(away);
  expect(await fireAlarm(away)).toBe(true);
  await expect.poll(asked).toBe(1);
  await alarmWithin(away, SOON_MS);
  // In time, so it is remembered what has been answered.
  expect(await fireAlarm(away)).toBe(true);
  expect(await fireAlarm(away)).toBe(false);
  expect(asked()).toBe(1);
});

test("R13 an object that slept with nothing owed asks nobody when its alarm wakes it", async () => {
  const [ann, bea] = [await deviceOf(newUser("ann")), await deviceOf(newUser("bea"))];
  const talk = directConversation(ann.user, bea.user);
  await tell(ann, talk, "one");
  await bea.texts(1);
  for (const { user } of [ann, bea]) await expect.poll(() => isSettled(user)).toBe(true);
  const before = [callsTo(ann.user).length, callsTo(bea.user).length];
  for (const { user } of [ann, bea]) {
    await evict(user);
    await fireAlarm(user);
    expect(await alarmOf(user)).toBeNull();
  }
  expect([callsTo(ann.user).length, callsTo(bea.user).length]).toEqual(before);
});

test("R13 a group writes what it knows of its members before it is forgotten", async () => {
  const { conversation, devices } = await newGroup(2);
  const [ann, bea] = devices;
  if (ann === undefined || bea === undefined) throw new Error("a group of two");
  await tell(ann, conversation, "one");
  await bea.texts(1);
  const untilAlarm = async () => {
    await fireGroupAlarm(conversation);
    const at = await runInDurableObject(groupObject(conversation), (_, state) =>
      state.storage.getAlarm(),
    );
    return (at ?? Number.POSITIVE_INFINITY) - Date.now();
  };
  // Too soon after the message for it to be written, and before it is forgotten.
  await expect.poll(untilAlarm).toBeLessThanOrEqual(0.75 * safetyAlarmMs);
});
