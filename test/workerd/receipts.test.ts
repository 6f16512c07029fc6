import { beforeAll, expect, test } from "vitest";
import type { Entry } from "../../protocol/entries.ts";
import { holdfast, newUser, RawDevice, setPolicy } from "./support.ts";

/** Receipts come as rows again after 80 ms. */
beforeAll(() => setPolicy({ recipients: "any", safetyAlarmMs: 100 }));

function receiptsOf(device: RawDevice): number[] {
  return device.entries.flatMap(({ body }: Entry) =>
    body.kind === "receipt" ? [body.delivered] : [],
  );
}

async function untilReceipt(device: RawDevice, delivered: number): Promise<void> {
  await device.until(() => receiptsOf(device).includes(delivered) || undefined);
}

test("R9 a receipt stands on what its reader wrote: one for each message, in either direction", async () => {
  const [alice, bob] = [newUser("alice"), newUser("bob")];
  const [a, b] = [new RawDevice(alice), new RawDevice(bob)];
  await a.connect({ cursor: 0 });
  await b.connect({ cursor: 0 });
  for (const number of [1, 3, 5]) {
    a.say(bob, `a${number}`);
    await untilReceipt(a, number);
    b.say(alice, `b${number + 1}`);
    await untilReceipt(b, number + 1);
  }
  expect(receiptsOf(a)).toEqual([1, 3, 5]);
  expect(receiptsOf(b)).toEqual([2, 4, 6]);
});

test("R13 an ack that owes a receipt needs no alarm beside the one for its push", async () => {
  await setPolicy({ recipients: "any", safetyAlarmMs: 10_000 });
  const [alice, bob] = [newUser("alice"), newUser("bob")];
  const [a, b] = [new RawDevice(alice), new RawDevice(bob)];
  await a.connect({ cursor: 0 });
  await b.connect({ cursor: 0 });
  const read = async () => (await holdfast.USER.getByName(bob).meter()).rowsWritten;
  const before = await read();
  a.say(bob, "one");
  await untilReceipt(a, 1);
  // The message, and one alarm.
  expect((await read()) - before).toBe(2);
});

test("R17 a sender sees that the only device refuses it, and sees it delivered by another", async () => {
  await setPolicy({ recipients: "any", safetyAlarmMs: 100 });
  const [alice, bob] = [newUser("alice"), newUser("bob")];
  const a = new RawDevice(alice);
  const b = new RawDevice(bob);
  b.autoAck = false;
  await a.connect({ cursor: 0 });
  await b.connect({ cursor: 0 });
  for (const text of ["one", "poison", "three"]) a.say(bob, text);
  await b.texts(3);
  b.ack(1);
  for (let nacks = 0; nacks < 5; nacks++) b.send({ t: "nack", seq: 2, reason: "no" });
  b.ack(3);
  const told = () => a.entries.flatMap(({ body }) => (body.kind === "receipt" ? [body] : []));
  await a.until(() => told().some(({ delivered }) => delivered === 3) || undefined);
  expect(told().at(-1)).toMatchObject({ delivered: 3, except: [[2, 2]] });
  const other = new RawDevice(bob);
  await other.connect({ cursor: 0 });
  await other.texts(3);
  await a.until(() => told().at(-1)?.except === undefined || undefined);
  expect(told().at(-1)?.delivered).toBe(3);
});
