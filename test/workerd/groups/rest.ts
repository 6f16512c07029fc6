/** A group and its people once all that was owed has come, and what is there then. */
import type { Entry } from "../../../protocol/entries.ts";
import type { Member } from "../../../worker/core/group/state.ts";
import type { GroupTrace } from "../../../worker/group-requests.ts";
import { fireAlarm, rowCount } from "../objects.ts";
import { RawDevice } from "../support.ts";
import type { Person } from "./crowd.ts";
import { entriesIn, fireGroupAlarm, groupObject, groupSql } from "./support.ts";

const WITHIN_MS = 20_000;

export interface Gathering {
  readonly conversation: string;
  readonly people: readonly Person[];
}

/** An entry of the log, as all must have it. */
export interface Truth {
  readonly number: number;
  readonly id: string;
  readonly body: unknown;
  readonly changes: unknown;
}

/** What a device or a reader of the log has, in the same shape. */
export function asTruth({ number = 0, id = "", body, changes }: Pick<Entry, keyof Truth>): Truth {
  return { number, id, body, changes };
}

export async function logOf(conversation: string): Promise<Truth[]> {
  const rows = await groupSql(conversation, "SELECT * FROM log ORDER BY number");
  return rows.map((row) => ({
    number: Number(row["number"]),
    id: `${row["user"]}:${row["device"]}:${row["counter"]}`,
    body: JSON.parse(String(row["body"])),
    changes: row["changes"] === null ? undefined : JSON.parse(String(row["changes"])),
  }));
}

export async function membersOf(conversation: string): Promise<Map<string, Member>> {
  const rows = await groupSql(conversation, "SELECT state FROM members");
  const members = rows.map((row) => JSON.parse(String(row["state"])) as Member);
  return new Map(members.map((member) => [member.user, member]));
}

/** An object that ends under a question is another one when it is asked again. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

/** Runs what is owed at once, whatever time it is set for. */
export async function runAlarms({ conversation, people }: Gathering): Promise<void> {
  await Promise.all(people.map(({ user }) => asked(() => fireAlarm(user))));
  await asked(() => fireGroupAlarm(conversation));
}

/** Above a certain size there are no copies that could lack anything. */
function hasCopies(log: readonly Truth[]): boolean {
  const bodies = log.map(({ body }) => body as Body);
  return bodies.findLast(({ kind }) => kind === "group-mode")?.mode !== "large";
}

type Body = { readonly kind: string; readonly mode?: string };

/** What somebody was promised and the group has not numbered. */
async function isPromising({ user }: Person): Promise<boolean> {
  return (await asked(() => rowCount(user, "pending"))) > 0;
}

async function traceOf(conversation: string, number: number): Promise<GroupTrace | undefined> {
  const answer = await groupObject(conversation).request({ kind: "trace", number });
  return answer.ok ? (answer.value as GroupTrace) : undefined;
}

/** Waits until every object has what it is owed: alarms run by themselves. */
export async function untilAtRest(gathering: Gathering): Promise<void> {
  const { conversation, people } = gathering;
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const promises = await Promise.all(people.map(isPromising));
    const log = await asked(() => logOf(conversation));
    const head = log.length;
    const trace = await asked(() => traceOf(conversation, head));
    const isThere = trace?.members.every(({ have }) => have === head || !hasCopies(log)) ?? false;
    await Promise.all(people.map((person) => asked(() => person.comeBack())));
    if (isThere && trace?.untold.length === 0 && !promises.includes(true)) return;
    if (Date.now() > deadline) throw new Error(`not at rest: ${JSON.stringify(trace)}`);
    // An object that was ended while its alarm ran is not always run again here.
    await runAlarms(gathering);
  }
}

/** What a new device of this person is fed. */
export async function seenBy({ user }: Person, conversation: string): Promise<Entry[]> {
  const device = new RawDevice(user);
  const { head } = await device.connect({ cursor: 0 });
  await device.until(() => (device.cursor >= head ? true : undefined));
  device.close();
  return entriesIn(device, conversation);
}
