import { Bill, difference } from "./bill.ts";
import type { CostCase, CostRun } from "./cost-cases.ts";
import { scaledSettings } from "./cost-settings.ts";
import { Vocabulary } from "./vocabulary.ts";

const MESSAGES = 4_096;
const FRAME_MESSAGES = 64;
const QUIET_MS = 1_500;
/** More than there are: nothing is indexed. */
const NEVER_ROWS = 10_000;

/** What the search index adds to a message, in both objects: the same with it and without. */
export async function searchIndex(run: CostRun): Promise<CostCase> {
  const without = await spent(run, NEVER_ROWS);
  const withIndex = await spent(run, 256);
  return {
    name: "search-index",
    per: "message",
    budget: 0.1,
    aim: 0.03,
    ...difference(withIndex, without, MESSAGES),
    about: `${MESSAGES} messages of a dozen words, indexed in both objects, less the same not indexed`,
  };
}

async function spent({ stand, scale }: CostRun, searchRows: number) {
  await stand.change({ ...scaledSettings(scale), searchRows });
  const [alice, bob] = [stand.newUser("alice"), stand.newUser("bob")];
  const sender = await stand.connect(alice, "device-1");
  const recipient = await stand.connect(bob, "device-1");
  const texts = new Vocabulary();
  const bill = new Bill(stand, [alice, bob]);
  await bill.start();
  for (let sent = 0; sent < MESSAGES; sent += FRAME_MESSAGES) {
    sender.say(bob, FRAME_MESSAGES, texts.text());
    await recipient.until(() => recipient.messages === sent + FRAME_MESSAGES, "messages");
  }
  const usage = await bill.settle(QUIET_MS);
  await Promise.all([sender.close(), recipient.close()]);
  return usage;
}
