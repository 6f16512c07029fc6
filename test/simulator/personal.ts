import { draftOf } from "../../client/core/personal.ts";
import type { ArrangementChange } from "../../protocol/personal.ts";
import { notesOf } from "../../worker/core/people.ts";
import type { SimDevice } from "./device.ts";
import { newText } from "./people.ts";
import type { PersonalOp } from "./plan.ts";
import type { SimTab } from "./tab.ts";
import type { World } from "./world.ts";

interface Doing {
  readonly world: World;
  readonly device: SimDevice;
  readonly tab: SimTab;
  readonly conversation: string;
  readonly op: PersonalOp;
}

/** What somebody does for themself alone, in one of the tabs. */
export function keepForOneself(world: World, device: SimDevice, op: PersonalOp): void {
  const tab = device.tab(op.pick);
  if (tab === undefined) return;
  const conversation = world.conversation(op.user, op.peer);
  const doing = { world, device, tab, conversation, op };
  if (op.do === "arrange") arrange(doing);
  else if (op.do !== "draft") block(doing);
  else if (op.pick % 4 === 0) sendDraft(doing);
  else writeDraft(doing);
  world.stir();
}

const CHANGES: readonly ((pick: number) => ArrangementChange)[] = [
  (pick) => ({ pinned: pick % 2 === 0 }),
  (pick) => ({ mutedUntil: pick % 3 === 0 ? null : 1 + pick }),
  (pick) => ({ archived: pick % 2 === 0 }),
  (pick) => ({ markedUnread: pick % 3 > 0 }),
  (pick) => ({ folders: pick % 3 === 0 ? [] : [`f${pick % 4}`] }),
];

function arrange({ world, device, tab: { client }, conversation, op: { pick } }: Doing): void {
  const change = CHANGES[pick % CHANGES.length]?.(Math.floor(pick / CHANGES.length)) ?? {};
  const { pinned, mutedUntil, archived, markedUnread, folders } = change;
  for (const [field, value] of Object.entries(change)) {
    const wish = world.personal.wishes(device, conversation, field, value);
    const kept = () => {
      if (pinned !== undefined) return client.pin(conversation, pinned);
      if (mutedUntil !== undefined) return client.mute(conversation, mutedUntil);
      if (archived !== undefined) return client.archive(conversation, archived);
      if (markedUnread !== undefined) return client.markUnread(conversation, markedUnread);
      return client.fileInto(conversation, folders ?? []);
    };
    // A tab that ends meanwhile tells nobody whether it was kept.
    void kept().then(wish.kept, () => {});
  }
}

function writeDraft({ world, device, tab: { client }, conversation, op: { pick } }: Doing): void {
  const text = pick % 4 === 1 ? "" : newText(world, device, 0);
  const wish = world.personal.wishes(device, conversation, "draft", text);
  void client.saveDraft(conversation, text).then(wish.kept, () => {});
}

function block({ world, device, tab: { client }, op }: Doing): void {
  const user = world.user(op.peer);
  const on = op.do === "block";
  const wish = world.personal.wishes(device, notesOf(device.user), `block:${user}`, on);
  void client.block(user, on).then(wish.kept, () => {});
}

/** What the device shows as begun is sent, and is no draft any more. */
function sendDraft({ world, device, conversation }: Doing): void {
  const { conversations } = device.disk.records.image();
  const row = conversations.find((one) => one.conversation === conversation);
  const begun = row === undefined ? undefined : draftOf(row)?.text;
  if (begun === undefined) return;
  // Another device may have sent it before it heard so; no two messages have the same text here.
  const text = world.personal.isFirst(begun) ? begun : newText(world, device, 0);
  // Whether it ends there is told with the message: nobody says when it is kept.
  world.personal.wishes(device, conversation, "draft", "");
  device.say(conversation, (client) => client.send(conversation, text, { fromDraft: true }));
}
