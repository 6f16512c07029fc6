/** The whole story of a message, put together from the objects that took part in it. */
import { parseConversation } from "../protocol/ids.ts";
import { groupRequestOf, requestOf } from "./ask-user.ts";
import type { GroupTrace } from "./group-requests.ts";
import { type HttpContext, refuse } from "./http.ts";
import { logFailure } from "./log.ts";
import type { DeviceTrace, MessageTrace } from "./requests.ts";

const RETRY_AFTER_MS = 2_000;

/**
 * `full`: the operator's view. A sender sees what became of the message on each of the recipients'
 * devices, but not which devices they are.
 */
export async function traceMessage(
  c: HttpContext,
  sender: string,
  id: string,
  full: boolean,
): Promise<Response> {
  try {
    const answer = await requestOf(c.env, sender, { kind: "trace", id });
    if (!answer.ok) return refuse(c, { code: answer.code });
    const trace = answer.value as MessageTrace;
    if (parseConversation(trace.conversation)?.kind === "group") {
      return c.json({ ...trace, ...(full ? await groupPart(c, trace) : {}) });
    }
    const parts = await Promise.all(trace.recipients.map((user) => deviceTraces(c, user, trace)));
    const devices = [...trace.devices, ...parts.flat()];
    return c.json({ ...trace, devices: full ? devices : redacted(devices, sender) });
  } catch (error) {
    logFailure("trace", error, c.get("id"));
    return refuse(c, { code: "busy", retryAfterMs: RETRY_AFTER_MS });
  }
}

/** How far each member's object is, by the group's own knowledge. */
async function groupPart(c: HttpContext, { conversation, number }: MessageTrace) {
  const parsed = parseConversation(conversation);
  if (parsed?.kind !== "group" || number === null) return {};
  const answer = await groupRequestOf(c.env, parsed.group, { kind: "trace", number });
  return answer.ok ? { group: answer.value as GroupTrace } : {};
}

async function deviceTraces(
  c: HttpContext,
  user: string,
  { conversation, number }: MessageTrace,
): Promise<DeviceTrace[]> {
  if (number === null) return [];
  const answer = await requestOf(c.env, user, { kind: "trace-part", conversation, number });
  return answer.ok ? (answer.value as DeviceTrace[]) : [];
}

function redacted(devices: readonly DeviceTrace[], sender: string): DeviceTrace[] {
  const counts = new Map<string, number>();
  return devices.map((trace) => {
    if (trace.user === sender) return trace;
    const count = (counts.get(trace.user) ?? 0) + 1;
    counts.set(trace.user, count);
    return { ...trace, device: `device-${count}` };
  });
}
