import type { Content } from "../../protocol/entries.ts";
import type { SimDevice } from "./device.ts";
import type { SimHost } from "./host.ts";
import { keepForOneself } from "./personal.ts";
import { FIRST_GROUP, type ManageOp, type Op, type Strike } from "./plan.ts";
import type { World } from "./world.ts";

/** What people and fate do to a world, one operation at a time. */

export function obey(world: World, op: Op): void {
  const device = world.device(op.user, op.device);
  if (op.do === "add") {
    world.addDevice(op.user, { skewMs: 0, old: false });
    return;
  }
  // Nobody uses a device that sleeps.
  if (device === undefined || device.isAsleep) return;
  switch (op.do) {
    case "send":
      return send(world, device, op);
    case "edit":
    case "recall":
    case "react":
      return change(world, device, op);
    case "read":
      return read(world, device, op);
    case "history": {
      const { client } = device;
      const conversation = world.conversation(op.user, op.peer);
      const before = 1 + (op.pick % 20);
      // Without a connection the answer is an error, which is one too.
      void client?.history(conversation, { before, limit: 7 }).catch(() => {});
      return;
    }
    case "reload":
      device.stop();
      world.clock.after(op.downMs, () => device.start());
      return;
    case "create":
    case "invite":
    case "remove":
    case "leave":
    case "promote":
    case "retitle": {
      const conversation = world.conversation(op.user, op.peer);
      device.say(conversation, (client) => client.send(conversation, managing(world, op)));
      return world.stir();
    }
    case "arrange":
    case "draft":
    case "block":
    case "unblock":
      return keepForOneself(world, device, op);
    case "freeze":
      return device.tab(op.pick)?.sleep(op.ms);
    case "close": {
      const tab = device.tab(op.pick);
      if (tab === undefined) return;
      device.close(tab);
      world.clock.after(op.downMs, () => device.start());
      return;
    }
    case "sleep":
      return device.sleep(op.ms);
    case "hide-reads":
      return world.hideReads(op.user);
    case "revoke":
      if ((world.devices[op.user] ?? []).length > 1) world.revoke(op.user, device);
      return;
    case "refuse":
      device.refusals = op.times;
      return;
    case "forge":
      return op.pick % 3 === 0 ? skip(world, device, op) : forge(world, device, op);
    case "drop":
    case "resend":
      return settleFailed(device, op.do);
  }
}

/** Beyond any counter that a run reaches. */
const FAR_AHEAD = 100_000;

export function strike(world: World, one: Strike): void {
  switch (one.do) {
    case "crash":
      return struckObject(world, one.user)?.crash();
    case "evict":
      return struckObject(world, one.user)?.evict();
    case "deploy":
      for (const object of [...world.objects, ...world.groups]) object.crash();
      return;
    case "kick":
      for (const connection of connectionsOf(world, one)) connection.cut();
      return;
    case "set-clock":
      return setClock(world, one);
    case "stall":
      for (const connection of connectionsOf(world, one)) {
        connection.stall(one.ms, one.way, one.ends);
      }
  }
}

function struckObject(world: World, user: number): SimHost | undefined {
  return user < FIRST_GROUP ? world.object(user) : world.groups[user - FIRST_GROUP];
}

function setClock(world: World, one: Extract<Strike, { do: "set-clock" }>): void {
  const struck = world.device(one.user, one.device);
  if (struck === undefined) return;
  struck.setClock(one.byMs);
  world.counters.note("clock set");
}

function connectionsOf(world: World, { user, device }: { user: number; device: number }) {
  const struck = world.device(user, device);
  return struck === undefined ? [] : world.network.connectionsOf(struck.id);
}

/** Each text is unlike all others, so that its whereabouts can be told. */
export function newText(world: World, device: SimDevice, bytes: number): string {
  world.texts += 1;
  return `«${device.id}.${world.texts}»`.padEnd(bytes, "~");
}

function send(world: World, device: SimDevice, op: Extract<Op, { do: "send" }>): void {
  const conversation = world.conversation(op.user, op.peer);
  for (let n = 0; n < op.count; n += 1) {
    const text = newText(world, device, op.bytes);
    device.say(conversation, (client) =>
      client.send(conversation, text, { priority: op.priority }),
    );
  }
  world.stir();
}

/** What is said about a group. */
function managing(world: World, op: ManageOp): Content {
  const users = world.objects.map(({ user }) => user);
  const whom = users[op.pick % users.length] ?? world.user(op.user);
  switch (op.do) {
    case "create": {
      const members = users.filter((_, index) => index !== op.user && (op.pick >> index) % 2 === 0);
      const history = op.pick % 3 === 0 ? "start" : "join";
      return { kind: "group-create", title: "Group", members, history };
    }
    case "invite":
      return { kind: "members-add", users: [whom] };
    case "remove":
      return { kind: "members-remove", users: [whom] };
    case "leave":
      return { kind: "leave" };
    case "promote":
      return { kind: "member-role", user: whom, role: op.pick % 2 === 0 ? "admin" : "member" };
    case "retitle":
      return { kind: "group-change", title: `Title ${op.pick}` };
  }
}

/** Any message of the conversation; mostly an own one, for only those can be changed. */
function change(
  world: World,
  device: SimDevice,
  op: Extract<Op, { do: "edit" | "recall" | "react" }>,
): void {
  const conversation = world.conversation(op.user, op.peer);
  const all = device.disk.records.range(conversation, 1, world.truth.head(conversation));
  const texts = all.filter(({ entry }) => entry.body.kind === "text");
  const own = texts.filter(({ entry }) => entry.id?.startsWith(`${device.user}:`));
  const among = op.do !== "react" && op.pick % 5 > 0 ? own : texts;
  const target = among[op.pick % Math.max(1, among.length)]?.entry.number;
  if (target === undefined) return;
  device.say(conversation, (client) => {
    if (op.do === "edit") return client.edit(conversation, target, newText(world, device, 0));
    if (op.do === "recall") return client.recall(conversation, target);
    return client.react(conversation, target, op.pick % 2 === 0 ? "👍" : "🌊", op.pick % 7 > 1);
  });
  world.stir();
}

function read(world: World, device: SimDevice, op: Extract<Op, { do: "read" }>): void {
  const conversation = world.conversation(op.user, op.peer);
  const head = world.truth.head(conversation);
  const held = device.disk.records.range(conversation, 1, head).at(-1)?.entry.number ?? 0;
  if (held === 0) return;
  // Most people read to the end.
  const number = op.pick % 3 === 0 ? 1 + (op.pick % held) : held;
  void device.client?.markRead(conversation, number).catch(() => {});
  world.stir();
}

/** R2: a message that names one before it which nobody has sent must get a gap, and change nothing. */
function skip(world: World, device: SimDevice, op: Extract<Op, { do: "forge" }>): void {
  const [connection] = world.network.connectionsOf(device.id);
  const conversation = world.conversation(op.user, op.peer);
  const counter = device.disk.records.meta.counter + FAR_AHEAD;
  const body = { kind: "text", text: newText(world, device, 0) };
  const item = { conversation, counter, prev: counter - 1, body };
  connection?.sendUp(JSON.stringify({ t: "submit", items: [item] }));
}

/** S2: it must be answered with a conflict, and change nothing. */
function forge(world: World, device: SimDevice, op: Extract<Op, { do: "forge" }>): void {
  const [connection] = world.network.connectionsOf(device.id);
  const { outbox } = device.disk.records.image();
  const prefix = `${device.user}:${device.id}:`;
  // What was given up after all is nowhere: there is nothing that it could contradict.
  const accepted = [...world.truth.sent.values()].filter(
    ({ id, accepted, failed }) => accepted && !failed && id.startsWith(prefix),
  );
  const target = accepted[op.pick % Math.max(1, accepted.length)];
  if (connection === undefined || target === undefined) return;
  const counter = Number(target.id.slice(prefix.length));
  // The SDK must have forgotten about it, for it would take the answer for its own.
  if (outbox.some((row) => row.counter === counter)) return;
  world.truth.forged.add(target.id);
  const elsewhere = world.conversation(op.user, op.peer);
  const conversation = op.pick % 2 === 0 ? target.conversation : elsewhere;
  const body = { kind: "text", text: newText(world, device, 0) };
  const item = { conversation, counter, prev: 0, body };
  connection.sendUp(JSON.stringify({ t: "submit", items: [item] }));
}

/** What was refused waits for somebody's word. */
export function settleFailed(device: SimDevice, how: "drop" | "resend"): void {
  const { outbox } = device.disk.records.image();
  for (const { key, status } of outbox) {
    if (status.kind === "failed") void device.client?.[how](key).catch(() => {});
  }
}
