/** Whatever comes in is merged somewhere: none of it may change what every object inherits. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { crash, deviceOf, evict, fireAlarm, pairAtHome } from "./objects.ts";
import { api, freshPolicy, newUser, RawDevice } from "./support.ts";

const INHERITED = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"];
const DEEP = [
  "[".repeat(60_000),
  '{"a":'.repeat(10_000),
  `${"[".repeat(30_000)}${"]".repeat(30_000)}`,
  `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`,
];
const POISON = [
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"admin":true}}}',
  '{"retry":{"__proto__":{"admin":true}}}',
  '{"retry":{"strategies":{"__proto__":{"kind":"fixed","delayMs":1}}}}',
  '{"retry":{"strategies":{"default":{"__proto__":{"admin":true}}}}}',
  '{"windowEntries":{"__proto__":{"admin":true}}}',
  '[{"__proto__":{"admin":true}}]',
];
const BODIES: readonly (readonly [string, string])[] = [
  ["PATCH", "/v1/policy"],
  ["PUT", "/v1/preferences"],
  ["POST", "/v1/tickets"],
];

/** Both what is there at all and what a loop over any object would meet. */
function inherited(): string[] {
  const met: string[] = [];
  for (const key in {}) met.push(key);
  return [...Object.getOwnPropertyNames(Object.prototype), ...met];
}

const clean = inherited();

beforeEach(() => freshPolicy());
afterEach(() => expect(inherited()).toEqual(clean));

function send(method: string, path: string, body: string): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return api(path, newUser("mallory"), { method, body, headers }, "operator");
}

test.each(BODIES)("R14 %s %s takes no name that leads to a prototype", async (method, path) => {
  for (const body of POISON) {
    const response = await send(method, path, body);
    expect({ body, status: response.status }).toEqual({ body, status: 400 });
  }
});

test.each(BODIES)("R14 %s %s refuses JSON of any depth", async (method, path) => {
  for (const body of DEEP) expect((await send(method, path, body)).status).toBe(400);
});

test.each(["__proto__[admin]=true", "constructor.prototype.admin=1", "__proto__=x&limit=1"])(
  "R14 a query with %s is refused",
  async (query) => {
    const { user } = await deviceOf(newUser("mallory"));
    expect((await api(`/v1/conversations?${query}`, user)).status).toBe(400);
  },
);

test.each(INHERITED)(
  "R14 %s may be a reaction, on and off, through sleep and crash",
  async (emoji) => {
    const [home, member] = pairAtHome();
    const [a, b] = [await deviceOf(home), await deviceOf(member)];
    await a.result(a.say(member, "what do you say?"));
    await b.texts(1);
    const reacting = { kind: "reaction", target: 1, emoji, on: true } as const;
    await b.result(b.say(home, reacting));
    await a.until(() => a.entries.find(({ body }) => body.kind === "reaction"));
    await evict(home, member);
    const path = `/v1/conversations/direct:${[home, member].sort().join(",")}/messages`;
    for (const user of [home, member]) {
      const text = await (await api(path, user)).text();
      expect(text).toContain(`"changes":{"reactions":{"${emoji}":["${member}"]}}`);
    }
    await b.result(b.say(home, { ...reacting, on: false }));
    await crash();
    await expect.poll(async () => (await api(path, home)).text()).not.toContain('"changes"');
  },
);

test.each(["__proto__", "constructor", "hasOwnProperty"])(
  "R14 %s may be a device's id, platform, name and version, through sleep and crash",
  async (name) => {
    const user = newUser("mallory");
    const device = new RawDevice(user, name.padEnd(8, "_"));
    await device.connect({ cursor: 0, platform: name, version: name });
    device.autoAck = false;
    await device.result(device.say(user, "note 1"));
    await evict(user);
    await fireAlarm(user);
    await device.result(device.say(user, "note 2"));
    await crash();
    const again = new RawDevice(user, device.device);
    const { counter } = await again.connect({ cursor: 0, platform: name, version: name });
    expect(counter).toBe(2);
    expect(await again.texts(2)).toEqual(["note 1", "note 2"]);
    const { devices } = (await (await api("/v1/devices", user)).json()) as { devices: object[] };
    expect(devices).toMatchObject([{ device: device.device, platform: name }]);
  },
);

test.each(["constructor", "prototype"])(
  "R14 content of the app's own kind %s is kept as it is",
  async (type) => {
    const user = newUser("mallory");
    const device = await deviceOf(user);
    const data = JSON.stringify({ ["__proto__"]: { admin: true }, constructor: { prototype: 1 } });
    await device.result(device.say(user, { kind: "custom", type, data }));
    await device.until(() => device.entries[0]);
    expect(device.entries).toMatchObject([{ body: { kind: "custom", type, data } }]);
  },
);
