/** The objects behind the frames: put to sleep, crashed, woken by their alarm, looked into. */
import {
  abortAllDurableObjects,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { directConversation } from "../../protocol/ids.ts";
import { packSession, unpackSession } from "../../worker/core/attachment.ts";
import { homeOf } from "../../worker/core/home.ts";
import type { LiveSession } from "../../worker/core/session.ts";
import type { SqlRow, SqlValue } from "../../worker/sql.ts";
import type { UserObject } from "../../worker/user-object.ts";
import { newUser, RawDevice } from "./support.ts";

export function objectOf(user: string): DurableObjectStub<UserObject> {
  return env.USER.getByName(user) as unknown as DurableObjectStub<UserObject>;
}

/** Two users whose conversation has its home at the first of them. */
export function pairAtHome(): readonly [string, string] {
  for (;;) {
    const [home, other] = [newUser("home"), newUser("other")];
    if (homeOf(directConversation(home, other)) === `user:${home}`) return [home, other];
  }
}

/** Hibernation: memory is gone, sockets and rows stay. */
export async function evict(...users: readonly string[]): Promise<void> {
  for (const user of users) await evictDurableObject(objectOf(user));
}

/** A crash of every object: memory and sockets are gone, rows stay. */
export async function crash(): Promise<void> {
  await abortAllDurableObjects();
}

/** What failed before counts no more: the alarm that runs next holds nothing back. */
export async function forgetTrouble(user: string): Promise<void> {
  await sqlOf(user, "DELETE FROM facts WHERE name = 'trouble'");
  await evict(user);
}

/** What failed has failed for `ms` longer, and may be tried again. */
export async function ageTrouble(user: string, ms: number): Promise<void> {
  const [row] = await sqlOf(user, "SELECT value FROM facts WHERE name = 'trouble'");
  const ways = JSON.parse(String(row?.["value"] ?? "[]")) as [string, { failingSince: number }][];
  const aged = ways.map(([address, lane]) => [
    address,
    { ...lane, failingSince: lane.failingSince - ms, notBefore: Date.now() },
  ]);
  await sqlOf(user, "UPDATE facts SET value = ? WHERE name = 'trouble'", JSON.stringify(aged));
  await evict(user);
}

/** Runs the alarm now, whenever it is set for; false when none is set. */
export function fireAlarm(user: string): Promise<boolean> {
  return runDurableObjectAlarm(objectOf(user));
}

/** When the object's alarm is set for, ms; null when it is not. */
export function alarmOf(user: string): Promise<number | null> {
  return runInDurableObject(objectOf(user), (_, state) => state.storage.getAlarm());
}

/** An alarm that stands for a call of which a crash has taken the memory. */
export function setAlarm(user: string): Promise<void> {
  return runInDurableObject(objectOf(user), (_, state) =>
    state.storage.setAlarm(Date.now() + 3_600_000),
  );
}

export function sqlOf(
  user: string,
  statement: string,
  ...bindings: readonly SqlValue[]
): Promise<SqlRow[]> {
  return runInDurableObject(objectOf(user), (_, state) =>
    state.storage.sql.exec<SqlRow>(statement, ...bindings).toArray(),
  );
}

export async function rowCount(user: string, table = "timeline"): Promise<number> {
  const [row] = await sqlOf(user, `SELECT count(*) AS rows FROM ${table}`);
  return Number(row?.["rows"]);
}

/** A connected device that has nothing yet. */
export async function deviceOf(user: string): Promise<RawDevice> {
  const device = new RawDevice(user);
  await device.connect({ cursor: 0 });
  return device;
}

/** Whether the sockets remember that nothing is owed to anybody else's object. */
export function isSettled(user: string): Promise<boolean> {
  return runInDurableObject(objectOf(user), (_, state) =>
    state.getWebSockets().every((socket) => {
      const { session } = socket.deserializeAttachment() as { session: string | null };
      const kept = session === null ? undefined : unpackSession(session);
      return kept?.phase === "live" && kept.isSettled;
    }),
  );
}

/** Changes what the sockets of a user remember, e.g. to let time pass; the object sleeps after. */
export async function changeSessions(
  user: string,
  change: (session: LiveSession) => LiveSession,
): Promise<void> {
  await runInDurableObject(objectOf(user), (_, state) => {
    for (const socket of state.getWebSockets()) {
      const kept = socket.deserializeAttachment() as { id: string; session: string | null };
      const session = kept.session === null ? null : unpackSession(kept.session);
      if (session?.phase !== "live") continue;
      socket.serializeAttachment({ ...kept, session: packSession(change(session)) });
    }
  });
  await evict(user);
}
