/** An app from before acks: it says hello without the capability, listens, and pings. */
import type { Socket } from "../../client/index.ts";
import { nodePlatform } from "../../client/platform/node.ts";
import { PING } from "../../protocol/ping.ts";
import { PROTOCOL_VERSION, SUB_PROTOCOL, TICKET_PREFIX } from "../../protocol/version.ts";
import { pause } from "./person.ts";
import { signIn } from "./sign-in.ts";

const PING_MS = 10_000;
const AGAIN_MS = 5_000;

/** Runs until it is told to stop. */
export async function liveOld(url: string, user: string, stopped: AbortSignal): Promise<void> {
  const device = `old-app-${user}`.replace(/[^\w-]/g, "").slice(0, 32);
  const app: OldApp = { cursor: 0 };
  while (!stopped.aborted) {
    const socket = await open(url, user, device, app);
    while (app.isOpen && (await pause(PING_MS, stopped))) socket.send(PING);
    socket.close(1000, "");
    await pause(AGAIN_MS, stopped);
  }
}

interface OldApp {
  cursor: number;
  isOpen?: boolean;
}

async function open(url: string, user: string, device: string, app: OldApp): Promise<Socket> {
  const ticket = await ticketFor(url, user, device);
  const protocols = [SUB_PROTOCOL, TICKET_PREFIX + ticket];
  return new Promise((resolve) => {
    const socket = nodePlatform().sockets.open(
      `${url.replace(/^http/, "ws")}/v1/socket`,
      protocols,
      {
        onOpen: () => {
          app.isOpen = true;
          socket.send(JSON.stringify(helloOf(app.cursor)));
          resolve(socket);
        },
        onText: (text) => note(text, app),
        onClose: () => {
          app.isOpen = false;
          resolve(socket);
        },
      },
    );
  });
}

function helloOf(cursor: number): object {
  return {
    t: "hello",
    version: PROTOCOL_VERSION,
    cursor,
    capabilities: [],
    app: { name: "old-app", version: "0.9", platform: "android" },
    heartbeatMs: PING_MS,
    cause: "unknown",
  };
}

/** It follows the feed well enough to go on where it was. */
function note(text: string, app: OldApp): void {
  const frame = JSON.parse(text) as { t: string; to?: number; cursor?: number };
  if (frame.t === "entries") app.cursor = Math.max(app.cursor, frame.to ?? 0);
  if (frame.t === "welcome") app.cursor = frame.cursor ?? app.cursor;
}

async function ticketFor(url: string, user: string, device: string): Promise<string> {
  const response = await fetch(`${url}/v1/tickets`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${await signIn(url, user)}`,
    },
    body: JSON.stringify({ device }),
  });
  const { ticket } = (await response.json()) as { ticket?: string };
  if (ticket === undefined) throw new Error(`ticket for ${user}: ${response.status}`);
  return ticket;
}
