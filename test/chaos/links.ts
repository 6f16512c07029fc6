/** The link misbehaves while the server lives: frames doubled, replayed, lost, held; sockets cut. */
import { setTimeout as delay } from "node:timers/promises";
import { type Passing, type Rule, seeded } from "../proxy/rules.ts";
import { allChatter, type Cast, chatter, twoByTwo } from "../support/cast.ts";
import { type ChaosCase, type ChaosPlan, SETTLE_MS, together, upTo } from "./chaos-case.ts";

/** Kinds that a live connection may lose without its client having to notice at once. */
const LOSABLE = ["entries", "ack"];

function kindOf({ text }: Passing): string {
  return /^\{"t":"([a-z-]+)"/.exec(text)?.[1] ?? "";
}

function onKinds(kinds: readonly string[], rule: Rule): Rule {
  return (frame) => (kinds.includes(kindOf(frame)) ? rule(frame) : { kind: "pass" });
}

/** Four devices, each with a rule of its own by the same rates, while all of them talk. */
function underRule(
  name: string,
  ruleOf: (plan: ChaosPlan, site: string) => Rule,
  resetsPerDevice: (plan: ChaosPlan) => number = () => 0,
): ChaosCase {
  return {
    name,
    run: async (stage, plan) => {
      const id = name.replaceAll(/[^a-z]+/g, "-");
      const cast = await twoByTwo(stage, id, plan.make, (user, label) => ({
        rule: ruleOf(plan, `${user}.${label}`),
      }));
      const heal = stage.history.fault();
      const count = upTo(plan, 60, 600);
      const resets = resetsPerDevice(plan);
      const talking = allChatter(
        cast,
        plan.dice,
        { maxBurst: 8, maxPauseMs: 80 },
        (sent) => sent < count,
      );
      await Promise.all([talking, resetNowAndThen(cast, plan, resets)]);
      for (const { proxy } of cast.devices) proxy.rule = () => ({ kind: "pass" });
      heal();
      return stage.settle(SETTLE_MS);
    },
  };
}

async function resetNowAndThen(cast: Cast, plan: ChaosPlan, resets: number): Promise<void> {
  for (let round = 0; round < resets; round += 1) {
    await delay(plan.dice.between("reset", 50, 250));
    const { proxy, device } = plan.dice.pick("reset-of", cast.devices);
    proxy.dropAll();
    device.reconnect();
  }
}

const doubled = underRule("frames doubled on the same socket", ({ dice }, site) =>
  seeded(dice.seed, site, { duplicate: 0.3 }),
);

const replayed = underRule(
  "frames replayed on a new socket",
  ({ dice }, site) =>
    onKinds(
      ["submit", "ack", "sync", "accepted", "entries"],
      seeded(dice.seed, site, { replay: 0.3 }),
    ),
  (plan) => upTo(plan, 16, 200),
);

const lostFrames = underRule("frames lost on a live socket", ({ dice }, site) =>
  onKinds(LOSABLE, seeded(dice.seed, site, { drop: 0.15 })),
);

const resets = underRule("connections reset and ended without a close frame", ({ dice }, site) =>
  seeded(dice.seed, site, { reset: 0.03, fin: 0.03, delay: 0.3, maxDelayMs: 30 }),
);

/** An old connection's frames reach the server after a newer one has said hello (S11). */
const heldSessions: ChaosCase = {
  name: "held sessions released after a newer hello",
  run: async (stage, plan) => {
    const cast = await twoByTwo(stage, "held", plan.make);
    const rounds = upTo(plan, 4, 60);
    let round = 0;
    const holding = async () => {
      for (; round < rounds; round += 1) await holdOnce(cast, plan, () => stage.history.fault());
    };
    const talking = allChatter(
      cast,
      plan.dice,
      { maxBurst: 6, maxPauseMs: 60 },
      () => round < rounds,
    );
    const end = () => {
      round = rounds;
    };
    await together(end, holding(), talking);
    return stage.settle(SETTLE_MS);
  },
};

async function holdOnce(cast: Cast, plan: ChaosPlan, fault: () => () => void): Promise<void> {
  const { proxy, device } = plan.dice.pick("held", cast.devices);
  await until(() => proxy.sockets.length > 0);
  const [old] = proxy.sockets;
  if (old === undefined) throw new Error(`${device.name} does not connect`);
  const heal = fault();
  old.hold("up");
  await delay(plan.dice.between("held-for", 20, 120));
  const before = proxy.stats.frames;
  old.dropClient();
  await until(() => {
    device.reconnect();
    return proxy.sockets.some((socket) => socket !== old) && proxy.stats.frames > before;
  });
  old.release("up");
  heal();
}

async function until(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + SETTLE_MS;
  while (!isSo() && Date.now() < deadline) await delay(10);
}

/** One device takes nothing for a while; its window fills, the others must not feel it (F13). */
const slowReader: ChaosCase = {
  name: "slow readers",
  run: async (stage, plan) => {
    const cast = await twoByTwo(stage, "slow", plan.make);
    const [sender, , , slow] = cast.devices;
    if (sender === undefined || slow === undefined) throw new Error("a cast has four devices");
    await sender.device.send(cast.conversation, "before");
    await stage.settle(SETTLE_MS);
    slow.proxy.cut(["down"]);
    const heal = stage.history.fault();
    const count = upTo(plan, 1_000, 10_000);
    const text = "z".repeat(4_000);
    for (let sent = 0; sent < count; sent += 1) {
      await sender.device.send(cast.conversation, `${sent} ${text}`);
      if (sent % 50 === 49) await stage.untilAnswered(SETTLE_MS);
    }
    heal();
    slow.proxy.restore();
    return stage.settle(2 * SETTLE_MS);
  },
};

/** 10 KB/s in slices of a few bytes, both ways (F14). */
const thinLink: ChaosCase = {
  name: "a thin link of 10 KB/s in slices",
  run: async (stage, plan) => {
    const cast = await twoByTwo(stage, "thin", plan.make);
    const [thin] = cast.devices;
    for (const direction of ["up", "down"] as const) {
      thin?.proxy.shape(direction, { bytesPerSecond: 10_000, sliceBytes: 97 });
    }
    const heal = stage.history.fault();
    const count = upTo(plan, 25, 300);
    const pace = { maxBurst: 5, maxPauseMs: 100 };
    await Promise.all(
      cast.devices.map(({ device }) =>
        chatter(device, cast.conversation, plan.dice, pace, (sent) => sent < count),
      ),
    );
    heal();
    return stage.settle(2 * SETTLE_MS);
  },
};

export const LINKS: readonly ChaosCase[] = [
  doubled,
  replayed,
  lostFrames,
  resets,
  heldSessions,
  slowReader,
  thinLink,
];
