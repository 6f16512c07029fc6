import { beforeAll, expect, test } from "vitest";
import { newUser, RawDevice, setPolicy } from "./support.ts";

beforeAll(() => setPolicy({ recipients: "any" }));

test("R3 two people with two devices each see the same messages in the same order", async () => {
  const [alice, bob] = [newUser("alice"), newUser("bob")];
  const devices = [alice, alice, bob, bob].map((user) => new RawDevice(user));
  for (const device of devices) await device.connect({ cursor: 0 });
  const [a1, a2, b1, b2] = devices as [RawDevice, RawDevice, RawDevice, RawDevice];
  for (let i = 1; i <= 5; i++) {
    a1.say(bob, `a${i}`);
    b1.say(alice, `b${i}`);
  }
  const lists = await Promise.all([a1, a2, b1, b2].map((device) => device.texts(10)));
  expect(new Set(lists[0])).toEqual(new Set([1, 2, 3, 4, 5].flatMap((i) => [`a${i}`, `b${i}`])));
  for (const list of lists) expect(list).toEqual(lists[0]);
});

test("R1 the sender is told accepted with the number, then delivered by a receipt", async () => {
  const [alice, bob] = [newUser("alice"), newUser("bob")];
  const a = new RawDevice(alice);
  const b = new RawDevice(bob);
  await a.connect({ cursor: 0 });
  await b.connect({ cursor: 0 });
  const result = await a.result(a.say(bob, "hello"));
  expect(result.number).toBe(1);
  const receipt = await a.until(() => a.entries.find(({ body }) => body.kind === "receipt"));
  expect(receipt.body).toMatchObject({ user: bob, delivered: 1 });
});
