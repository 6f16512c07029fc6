import type { DeviceRow } from "../core/device.ts";
import { deviceTimeline } from "../core/device-timeline.ts";
import type { HistoryAnswer, UserAnswer, UserRequest } from "../requests.ts";
import { deleteAccount, refuseRequest } from "./account.ts";
import { replay } from "./dead-letters.ts";
import { obeyFileRequest } from "./files.ts";
import { elsewhere, historyPage } from "./history.ts";
import { retryCalls } from "./lanes.ts";
import { messageHeads, openHandOffs } from "./lookup.ts";
import { admitLookup } from "./lookups.ts";
import { showPicture, wantPicture } from "./pictures.ts";
import { prefer } from "./preferences.ts";
import { searchMessages } from "./search.ts";
import { becomeKnown, endSession } from "./sessions.ts";
import { snapshotPage } from "./state.ts";
import { traceMessage, tracePart } from "./trace.ts";
import { liveSessions, type Turn } from "./turn.ts";
import { knowsConversation } from "./visible.ts";

/** What the Worker asks over HTTP for a user or an operator. All of it may be asked twice. */

const NOT_FOUND: UserAnswer = { ok: false, code: "not-found" };

export function obeyRequest(turn: Turn, request: UserRequest): UserAnswer {
  const refused = refuseRequest(turn, request);
  if (refused !== undefined) return refused;
  switch (request.kind) {
    case "sign-up":
      becomeKnown(turn);
      return { ok: true, value: { user: turn.memory.me } };
    case "devices":
      return { ok: true, value: { devices: listDevices(turn) } };
    case "revoke":
      return revoke(turn, request.device);
    case "device-timeline":
      return showDevice(turn, request.device);
    case "conversations":
      return { ok: true, value: snapshotPage(turn, request.after) };
    case "preferences":
      return { ok: true, value: turn.memory.preferences };
    case "delete-account":
      return deleteAccount(turn);
    case "picture-wanted":
      return wantPicture(turn, request.picture);
    case "picture-shown":
      return showPicture(turn, request.picture);
    case "look-up":
      return admitLookup(turn, request.cost);
    case "prefer":
      return { ok: true, value: prefer(turn, request.patch) };
    case "history":
      return showHistory(turn, request);
    case "search":
      return searchMessages(turn, request);
    case "trace": {
      const trace = traceMessage(turn, request.id);
      return trace === undefined ? NOT_FOUND : { ok: true, value: trace };
    }
    case "trace-part":
      return { ok: true, value: tracePart(turn, request.conversation, request.number) };
    case "message-heads":
      return { ok: true, value: { messages: messageHeads(turn, request) } };
    case "upload-begin":
    case "upload":
    case "upload-stored":
    case "upload-drop":
    case "file":
      return obeyFileRequest(turn, request);
    case "open-hand-offs":
      return { ok: true, value: { handOffs: openHandOffs(turn) } };
    case "retry-hand-offs":
      retryCalls(turn);
      return { ok: true, value: { handOffs: openHandOffs(turn) } };
    case "replay-hand-off":
      if (!replay(turn, request.id)) return NOT_FOUND;
      return { ok: true, value: { handOffs: openHandOffs(turn) } };
  }
}

function listDevices(turn: Turn) {
  const live = new Map(liveSessions(turn).map((session) => [session.device, session]));
  return activeDevices(turn).map((row) => {
    const session = live.get(row.device);
    return {
      device: row.device,
      name: row.name,
      platform: row.platform,
      version: row.version,
      addedAt: row.addedAt,
      seenAt: Math.max(row.seenAt, session?.heardAt ?? 0),
      online: session !== undefined,
      acks: session?.acks ?? null,
      behind: turn.memory.timeline.head - (session?.acks ? session.feed.have : row.cursor),
    };
  });
}

function activeDevices(turn: Turn): DeviceRow[] {
  return turn.store.devices().filter((row) => row.revokedAt === null);
}

/** At once, hibernating or not: the socket closes and no ticket or token opens another for it. */
function revoke(turn: Turn, device: string): UserAnswer {
  const row = turn.store.device(device);
  if (row === undefined || row.revokedAt !== null) return NOT_FOUND;
  for (const session of [...turn.memory.sessions.values()]) {
    if (session.device === device) endSession(turn, session, "revoked");
  }
  const now = turn.store.device(device) ?? row;
  turn.store.saveDevice({ ...now, revokedAt: turn.now });
  return { ok: true, value: { device } };
}

function showDevice(turn: Turn, device: string): UserAnswer {
  const row = turn.store.device(device);
  if (row === undefined || row.revokedAt !== null) return NOT_FOUND;
  const session = liveSessions(turn).find((one) => one.device === device);
  const { me, timeline } = turn.memory;
  const { ttlMs } = turn.settings.retry;
  return { ok: true, value: deviceTimeline(me, row, session, timeline.head, ttlMs) };
}

function showHistory(turn: Turn, request: Extract<UserRequest, { kind: "history" }>): UserAnswer {
  const { conversation } = request;
  if (!knowsConversation(turn, conversation)) return NOT_FOUND;
  const group = elsewhere(turn, conversation, request);
  const value: HistoryAnswer =
    group === undefined ? historyPage(turn, conversation, request) : { group };
  return { ok: true, value };
}
