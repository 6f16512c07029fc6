import { parseMessageId } from "../../protocol/ids.ts";
import { isGroup } from "../core/home.ts";
import { covers } from "../core/ledger.ts";
import { isLogRow, type TimelineRow } from "../core/row.ts";
import type { LiveSession } from "../core/session.ts";
import type { DevicePush, DeviceTrace, MessageTrace } from "../requests.ts";
import { isHome, otherSide } from "./followers.ts";
import { routeOf } from "./record.ts";
import { liveSessions, type Turn } from "./turn.ts";

/** The story of a message, from rows, the ledger's segments and what is under way. */
export function traceMessage(turn: Turn, id: string): MessageTrace | undefined {
  const origin = parseMessageId(id);
  if (origin === undefined) return undefined;
  const { timeline, pending } = turn.memory;
  const row = turn.store.rowOfOrigin(origin.user, origin.device, origin.counter);
  if (row === undefined) {
    const promised = pending.find(
      ({ append }) =>
        append.origin.device === origin.device && append.origin.counter === origin.counter,
    );
    if (promised === undefined) return undefined;
    const { conversation, since } = promised;
    const recipients = recipientsOf(turn, conversation);
    const about = { id, conversation, number: null, acceptedAt: since };
    return { ...about, routed: false, failed: null, recipients, devices: [] };
  }
  const { conversation, number } = row;
  const have =
    turn.memory.followers.get(conversation)?.have ??
    timeline.conversation(conversation).head.number;
  return {
    id,
    conversation,
    number,
    acceptedAt: row.at,
    routed: number !== null && (!isHome(turn, conversation) || have >= number),
    failed: row.body.kind === "failed" ? row.body.code : null,
    recipients: number === null ? [] : recipientsOf(turn, conversation),
    devices: traceDevices(turn, row),
  };
}

/** The same entry at a recipient: found by its number. */
export function tracePart(turn: Turn, conversation: string, number: number): DeviceTrace[] {
  const row = turn.memory.timeline.find(conversation, number);
  return row !== undefined && isLogRow(row) ? traceDevices(turn, row) : [];
}

function recipientsOf(turn: Turn, conversation: string): string[] {
  // Of a group the group itself tells how far everybody is.
  if (isGroup(conversation)) return [];
  const address = otherSide(turn, conversation);
  return address === undefined ? [] : [address.slice(address.indexOf(":") + 1)];
}

function traceDevices(turn: Turn, entry: TimelineRow): DeviceTrace[] {
  const { seq, keptAt: arrivedAt } = entry;
  const live = liveSessions(turn);
  const kept = [...turn.store.segmentsOf(seq), ...live.flatMap((one) => one.segments)].filter(
    (segment) => covers(segment, seq),
  );
  // The ledger joins what came within a second, but nothing went out before it was here.
  const since = (at: number) => Math.max(at, arrivedAt);
  return turn.store
    .devices()
    .filter((row) => row.revokedAt === null)
    .map((row) => {
      const session = live.find((one) => one.device === row.device);
      const written: DevicePush[] = kept
        .filter((segment) => segment.device === row.device)
        .map(({ route, attempts, firstPushAt, lastPushAt, ackedAt }) => ({
          route,
          attempts,
          firstPushAt: since(firstPushAt),
          lastPushAt: since(lastPushAt),
          ackedAt: ackedAt === null ? null : since(ackedAt),
        }));
      const pushes = [...written, ...underWay(session, seq)];
      const cursor = session?.acks ? session.feed.have : row.cursor;
      return {
        user: turn.memory.me,
        device: row.device,
        seq,
        arrivedAt,
        status: statusOf(pushes, seq <= cursor, row.exceptions.includes(seq)),
        pushes,
        nextRetryAt: session !== undefined && seq > cursor ? session.feed.retryAt : null,
      };
    });
}

function statusOf(
  pushes: readonly DevicePush[],
  acked: boolean,
  isException: boolean,
): DeviceTrace["status"] {
  if (isException) return "placeholder";
  if (pushes.some((push) => push.ackedAt !== null)) return "acked";
  return acked ? "unknown" : "pending";
}

function underWay(session: LiveSession | undefined, seq: number): DevicePush[] {
  const run = session?.feed.runs.find((one) => one.from <= seq && seq <= one.to);
  if (session === undefined || run === undefined) return [];
  const route = run.attempts > 1 ? "retry" : routeOf(session, run);
  const { attempts, firstAt, lastAt } = run;
  return [{ route, attempts, firstPushAt: firstAt, lastPushAt: lastAt, ackedAt: null }];
}
