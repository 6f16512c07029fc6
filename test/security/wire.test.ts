import { afterAll, beforeAll, expect, test } from "vitest";
import { CLOSE } from "../../protocol/close-codes.ts";
import { LIMITS } from "../../protocol/limits.ts";
import { directConversation } from "../../protocol/names.ts";
import { TIMING } from "../../protocol/timing.ts";
import type { RawClient } from "../support/raw-client.ts";
import { HELLO, openSession, protocolsFor } from "../support/session.ts";
import { Stage } from "../support/stage.ts";
import { type WireEvent, type WireFrameOptions, WireSocket } from "../support/wire-socket.ts";

const USER = "wire";
const HOARDED = 1_000;
const HOARDED_AT_ONCE = 100;
const OVERDUE = { timeout: TIMING.helloMs + 20_000, interval: 100 };
const WAIT = { timeout: 15_000, interval: 10 };

let stage: Stage;
let witness: RawClient;

beforeAll(async () => {
  stage = await Stage.open();
  witness = await openSession(stage.server.url, USER, "witness-device");
});
afterAll(async () => {
  witness.terminate();
  await stage.close();
});

/** A socket made by hand, upgraded with a good ticket. */
async function upgraded(device = "attack-device", user = USER): Promise<WireSocket> {
  const { url, port } = stage.server;
  const protocols = await protocolsFor(url, user, device);
  const wire = await WireSocket.upgrade(port, [`Sec-WebSocket-Protocol: ${protocols.join(", ")}`]);
  await expect.poll(() => wire.head, WAIT).toMatch(/^HTTP\/1\.1 101 /);
  return wire;
}

async function live(): Promise<WireSocket> {
  const wire = await upgraded();
  wire.text(JSON.stringify(HELLO));
  await expect.poll(() => firstText(wire), WAIT).toMatch(/^\{"t":"welcome"/);
  return wire;
}

function firstText(wire: WireSocket): string {
  const first = wire.events.find((event) => event.kind === "text");
  return first?.kind === "text" ? first.text : "";
}

function closeCode(events: readonly WireEvent[]): number | undefined {
  return events.find((event) => event.kind === "close")?.code;
}

/** What is no WebSocket frame is the runtime's to refuse: pinned here, since we rely on it (P42). */
const REFUSED: readonly (readonly [string, readonly WireFrameOptions[], number])[] = [
  ["a reserved bit", [{ payload: "{}", reserved: 4 }], 1002],
  ["an unknown opcode", [{ payload: "{}", opcode: 3 }], 1002],
  ["an unknown control opcode", [{ payload: "", opcode: 11 }], 1002],
  ["a fragmented ping", [{ payload: "", opcode: 9, fin: false }], 1002],
  ["a continuation of nothing", [{ payload: "{}", opcode: 0 }], 1002],
  ["a length of 2^62", [{ declaredBytes: 1n << 62n }], 1009],
  ["a length over what the runtime takes", [{ declaredBytes: 33n << 20n }], 1009],
  ["a binary frame", [{ payload: new Uint8Array([1, 2, 3]), opcode: 2 }], 1003],
  ["one byte over our limit", [{ payload: "x".repeat(LIMITS.frameBytes + 1) }], 1009],
  ["fragments that add up to too much", fragments(LIMITS.frameBytes + 1), 1009],
];

function fragments(bytes: number): WireFrameOptions[] {
  const half = "x".repeat(Math.ceil(bytes / 2));
  return [
    { payload: half, fin: false },
    { payload: half, opcode: 0 },
  ];
}

test.each(REFUSED)("R14 %s closes the socket with its code", async (_, frames, code) => {
  const wire = await live();
  for (const frame of frames) wire.frame(frame);
  await expect.poll(() => closeCode(wire.events), WAIT).toBe(code);
  wire.destroy();
});

test.each<[string, WireFrameOptions]>([
  ["an unmasked frame", { payload: '{"t":"nonsense"}', masked: false }],
  ["invalid UTF-8", { payload: new Uint8Array([0x7b, 0xff, 0xfe, 0xc0, 0x7d]) }],
])("R14 what the runtime lets through, %s, is answered by a typed error", async (_, frame) => {
  const wire = await live();
  wire.frame(frame);
  await expect
    .poll(() => wire.events.map((event) => JSON.stringify(event)).join(), WAIT)
    .toMatch(/bad-frame|bad-field|"code":100[27]/);
  wire.destroy();
});

test("R14 who says nothing, or half a frame, or anything but hello, is ended after 10 s", async () => {
  const silent = await upgraded("silent-device");
  const half = await upgraded("half-device");
  half.write(Buffer.from([0x81, 0xfe, 0x00]));
  const chatty = await upgraded("chatty-device");
  chatty.text('{"t":"sync","cursor":0}');
  for (const wire of [silent, half, chatty]) {
    await expect.poll(() => closeCode(wire.events), OVERDUE).toBe(CLOSE.helloTimeout.code);
    wire.destroy();
  }
});

test("R14 1,000 sockets that never say hello do no harm, and are ended all the same", async () => {
  const user = "hoarder";
  const waiting: WireSocket[] = [];
  for (let nth = 0; nth < HOARDED; nth += HOARDED_AT_ONCE) {
    const some = Array.from({ length: HOARDED_AT_ONCE }, (_, index) =>
      upgraded(`hoarder-device-${nth + index}`, user),
    );
    waiting.push(...(await Promise.all(some)));
  }
  const last = waiting.at(-1);
  last?.text('{"t":"sync","cursor":0}');
  await expect.poll(() => (last ? firstText(last) : ""), WAIT).toContain("not-ready");
  const honest = await openSession(stage.server.url, user, "honest-device");
  const conversation = directConversation(user, user);
  const item = { conversation, counter: 1, prev: 0, body: { kind: "text", text: "heard" } };
  honest.send({ t: "submit", items: [item] });
  expect(await honest.next("accepted")).toMatchObject({ results: [{ number: 1 }] });
  const ends = () => new Set(waiting.map(({ events }) => closeCode(events)));
  await expect.poll(ends, OVERDUE).toEqual(new Set([CLOSE.helloTimeout.code]));
  expect(honest.isOpen).toBe(true);
  for (const wire of waiting) wire.destroy();
  honest.terminate();
});

test("R14 after all of that the other device is as it was", async () => {
  expect(witness.drain()).toEqual([]);
  witness.send({ t: "sync", cursor: 0 });
  witness.send({ t: "nonsense" });
  expect(await witness.next("error")).toMatchObject({ error: { code: "bad-frame" } });
  expect(witness.isOpen).toBe(true);
});
