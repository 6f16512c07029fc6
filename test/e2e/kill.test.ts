import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memoryStore } from "../../client/index.ts";
import { directConversation } from "../../protocol/names.ts";
import { Dice } from "../support/random.ts";
import { SdkDevice } from "../support/sdk-device.ts";
import { Stage } from "../support/stage.ts";

const KILLS = 100;
const MESSAGES_PER_DEVICE = 500;
const PEOPLE = ["alice", "bob"] as const;
const DEVICES = ["phone", "laptop"] as const;
const conversation = directConversation(...PEOPLE);

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

/** Sends in bursts and pauses, so that kills meet single frames, full frames and idle sockets. */
async function talk(device: SdkDevice, dice: Dice, mayEnd: () => boolean): Promise<void> {
  let sent = 0;
  while (sent < MESSAGES_PER_DEVICE || !mayEnd()) {
    const burst = dice.between("burst", 1, 12);
    for (let count = 0; count < burst; count += 1) {
      sent += 1;
      await device.send(conversation, `${device.name} ${sent}`);
    }
    await delay(dice.between("pause", 0, 900));
  }
}

/** Ninety seconds on an idle machine; not a target, only a bound for a hang. */
const TIMEOUT_MS = 300_000;

test(
  "R1 R2 R3 R4: nothing is lost, doubled or reordered while workerd is killed 100 times",
  async () => {
    const devices: SdkDevice[] = [];
    for (const user of PEOPLE) {
      for (const label of DEVICES) {
        const { device } = await stage.add(
          (url, history) => new SdkDevice({ user, label, url, history, store: memoryStore() }),
          [conversation],
        );
        devices.push(device);
      }
    }
    const dice = new Dice(2);
    let kills = 0;
    const killing = async () => {
      for (; kills < KILLS; kills += 1) {
        await delay(dice.between("kill", 0, 500));
        await stage.kill();
      }
    };
    const talking = devices.map((device) =>
      talk(device, dice.split(device.name), () => kills >= KILLS),
    );
    await Promise.all([killing(), ...talking]);
    const verdict = await stage.settle(30_000);

    console.log(`${kills} kills: ${JSON.stringify(verdict)}`);
    expect(verdict).toMatchObject({ lost: 0, duplicated: 0, reordered: 0, unexpected: 0 });
    expect(verdict.findings).toEqual([]);
    expect(verdict.accepted).toBe(verdict.messages);
    expect(verdict.messages).toBeGreaterThanOrEqual(4 * MESSAGES_PER_DEVICE);
    expect(verdict.recovered).toBeGreaterThan(KILLS);
  },
  TIMEOUT_MS,
);
