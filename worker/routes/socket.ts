/** The upgrade: everything about a socket that can be judged without waking anybody. */
import { CLOSE, formatCloseReason } from "../../protocol/close-codes.ts";
import { encode } from "../../protocol/codec.ts";
import type { ProtocolError } from "../../protocol/errors.ts";
import { SUB_PROTOCOL, TICKET_PREFIX } from "../../protocol/version.ts";
import { ConnectRate } from "../core/connect-rate.ts";
import { mayConnectFrom, parseOrigins } from "../core/origin.ts";
import { type HttpContext, refuse } from "../http.ts";
import { serverKeys } from "../keys.ts";
import { logFailure } from "../log.ts";
import { networkLabel } from "../network-label.ts";
import { currentSettings } from "../policy.ts";
import { GRANT_HEADER, type SocketGrant, type SocketRefusal } from "../requests.ts";
import { mintTicket, openTicket, type TicketClaims } from "../tickets.ts";

const KNOWN_DEVICES = 10_000;
const RETRY_AFTER_MS = 2_000;

/** Per isolate, hence approximate: the exact limits live in the user's object. */
const connects = new ConnectRate(KNOWN_DEVICES);

export async function openSocket(c: HttpContext): Promise<Response> {
  const protocols = offeredProtocols(c);
  const refusal = refusalOf(c, protocols);
  if (refusal !== undefined) return refuse(c, refusal);

  const now = Date.now();
  const { ticket: ticketKey, network: networkKey } = await serverKeys(c.env);
  const opened = await openTicket(ticketOf(protocols), ticketKey, now);
  if (!opened.ok) return refuseOnSocket(badTicket(opened.why));

  const { claims } = opened;
  const { connectsPerMinute } = await currentSettings(c.env, now);
  const admitted = connects.admit(`${claims.user}:${claims.device}`, connectsPerMinute, now);
  if (!admitted.ok) return refuse(c, { code: "rate", retryAfterMs: admitted.retryAfterMs });

  const { user, device, until } = claims;
  const next = await mintTicket(
    { user, device, until, purpose: "resume", above: claims.number },
    ticketKey,
    now,
    Math.random(),
  );
  const network = await networkLabel(c.req.raw, networkKey);
  return handOver(c, grantOf(claims, next.text, network));
}

/** What a browser can't read anyway, or no browser sends: answered as plain HTTP. */
function refusalOf(c: HttpContext, protocols: readonly string[]): ProtocolError | undefined {
  if (c.req.header("Upgrade")?.toLowerCase() !== "websocket") {
    return { code: "bad-field", field: "upgrade", rule: "websocket" };
  }
  const isWelcome = mayConnectFrom({
    origin: c.req.header("Origin"),
    host: new URL(c.req.url).host,
    hasCookie: c.req.header("Cookie") !== undefined,
    allowed: parseOrigins(c.env.ALLOWED_ORIGINS),
  });
  if (!isWelcome) return { code: "not-allowed", field: "origin", rule: "same-origin" };
  if (!protocols.includes(SUB_PROTOCOL)) {
    return { code: "bad-field", field: "sec-websocket-protocol", rule: SUB_PROTOCOL };
  }
  return undefined;
}

function offeredProtocols(c: HttpContext): string[] {
  const header = c.req.header("Sec-WebSocket-Protocol") ?? "";
  return header.split(",").map((protocol) => protocol.trim());
}

function ticketOf(protocols: readonly string[]): string {
  const offered = protocols.find((protocol) => protocol.startsWith(TICKET_PREFIX));
  return offered?.slice(TICKET_PREFIX.length) ?? "";
}

function grantOf(claims: TicketClaims, nextTicket: string, network: string): SocketGrant {
  const { user, device, number, until } = claims;
  return { user, device, ticketNumber: number, expiresAt: until, nextTicket, network };
}

/** A new request: none of the client's own headers gets through to an object. */
async function handOver(c: HttpContext, grant: SocketGrant): Promise<Response> {
  const request = new Request("https://user.invalid/socket", {
    headers: { Upgrade: "websocket", [GRANT_HEADER]: JSON.stringify(grant) },
  });
  try {
    const answer = await c.env.USER.getByName(grant.user).fetch(request);
    if (answer.webSocket !== null) return upgraded(answer.webSocket);
    if (answer.status === 403) return refuseOnSocket(await answer.json<SocketRefusal>());
    logFailure("socket-not-taken", new Error("the object answered without a socket"), c.get("id"));
  } catch (error) {
    logFailure("user-unreachable", error, c.get("id"));
  }
  return refuse(c, { code: "busy", retryAfterMs: RETRY_AFTER_MS });
}

function badTicket(why: "expired" | "invalid"): SocketRefusal {
  const error: ProtocolError = { code: "unauthenticated", rule: `ticket-${why}` };
  return { frames: [encode({ t: "error", error })], close: "unauthenticated" };
}

/** A browser shows no status of a failed upgrade, so the reason comes as a frame on a socket. */
function refuseOnSocket({ frames, close }: SocketRefusal): Response {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  for (const frame of frames) server.send(frame);
  server.close(CLOSE[close].code, formatCloseReason({ why: close }));
  return upgraded(client);
}

function upgraded(webSocket: WebSocket): Response {
  const headers = { "Sec-WebSocket-Protocol": SUB_PROTOCOL };
  return new Response(null, { status: 101, webSocket, headers });
}
