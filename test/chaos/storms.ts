/** Everybody at once, and nobody for a while. */
import { setTimeout as delay } from "node:timers/promises";
import { directConversation } from "../../protocol/names.ts";
import { allChatter, crowdDevice, twoByTwo } from "../support/cast.ts";
import type { FrameDevice } from "../support/frame-device.ts";
import type { Stage } from "../support/stage.ts";
import { type ChaosCase, SETTLE_MS, upTo } from "./chaos-case.ts";

const CROWD_PAIRS = 125;
const LABELS = ["phone", "laptop"] as const;
const HEARTBEAT_MS = 25_000;

interface Member {
  readonly device: FrameDevice;
  readonly conversation: string;
}

/** 500 devices of 250 people; bare frames, since 500 SDKs would measure this process. */
async function crowd(stage: Stage): Promise<Member[]> {
  const members: Member[] = [];
  for (let pair = 0; pair < CROWD_PAIRS; pair += 1) {
    const users = [`crowd-${pair}-a`, `crowd-${pair}-b`] as const;
    const conversation = directConversation(...users);
    for (const user of users) {
      for (const label of LABELS) {
        const device = await stage.addDirect(crowdDevice(user, label), [conversation]);
        members.push({ device, conversation });
      }
    }
  }
  return members;
}

const allDropped: ChaosCase = {
  name: "all sockets dropped at once with 500 clients",
  run: async (stage, plan) => {
    const members = await crowd(stage);
    const everybodySays = (text: string) =>
      Promise.all(members.map(({ device, conversation }) => device.send(conversation, text)));
    await everybodySays("before");
    await stage.settle(2 * SETTLE_MS);
    for (let round = 0; round < upTo(plan, 1, 20); round += 1) {
      await everybodySays(`as it dies ${round}`);
      const restarted = stage.kill();
      await everybodySays(`while it is dead ${round}`);
      await restarted;
      await stage.settle(2 * SETTLE_MS);
    }
    return stage.settle(2 * SETTLE_MS);
  },
};

/** No frame and no close, both ways: the client alone can notice (F11). */
const halfOpen: ChaosCase = {
  name: "half-open for three heartbeats",
  run: async (stage, plan) => {
    const cast = await twoByTwo(stage, "half-open", plan.make);
    const [sender, idle] = cast.devices;
    await sender?.device.send(cast.conversation, "before");
    await stage.settle(SETTLE_MS);
    const heal = stage.history.fault();
    let isCut = true;
    const talking = allChatter(cast, plan.dice, { maxBurst: 2, maxPauseMs: 400 }, () => isCut);
    sender?.proxy.cut();
    idle?.proxy.cut();
    await delay(3 * upTo(plan, HEARTBEAT_MS / 10, HEARTBEAT_MS));
    isCut = false;
    await talking;
    sender?.proxy.restore();
    idle?.proxy.restore();
    heal();
    return stage.settle(2 * SETTLE_MS);
  },
};

export const STORMS: readonly ChaosCase[] = [allDropped, halfOpen];
