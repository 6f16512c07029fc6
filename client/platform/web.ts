/** What browsers and Node have in common. */
import type { Clock, Http, HttpCall, Random, Socket, SocketEvents, Sockets } from "../ports.ts";

/** A longer delay overflows a timer's 32 bits and fires at once. */
export const MAX_TIMEOUT_MS = 2_147_483_647;

export const webClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, call) {
    const timer = setTimeout(call, Math.min(delayMs, MAX_TIMEOUT_MS));
    return () => clearTimeout(timer);
  },
};

export const webRandom: Random = {
  unit: () => Math.random(),
  id() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const text = btoa(String.fromCharCode(...bytes));
    return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  },
};

export const webHttp: Http = {
  get: (url, headers) => request(url, { headers }),
  post: (url, headers, body) => request(url, withBody("POST", headers, body)),
  put: (url, headers, body) => request(url, withBody("PUT", headers, body)),
  delete: (url, headers) => request(url, { method: "DELETE", headers }),
};

function withBody(method: string, headers: Readonly<Record<string, string>>, body: unknown) {
  const typed = { "content-type": "application/json", ...headers };
  return { method, headers: typed, body: JSON.stringify(body) };
}

function request(url: string, init: Omit<RequestInit, "signal">): HttpCall {
  const controller = new AbortController();
  const send = async () => {
    const response = await fetch(url, { ...init, signal: controller.signal });
    const body: unknown = await response.json().catch(() => undefined);
    return { status: response.status, body };
  };
  return { response: send(), cancel: () => controller.abort() };
}

/** The part of the standard WebSocket that is used; `ws` has it too. */
export interface WebSocketLike {
  readonly readyState: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export type WebSocketClass = new (url: string, protocols: string[]) => WebSocketLike;

const OPEN = 1;

export function webSockets(socketClass: WebSocketClass): Sockets {
  return {
    open: (url, protocols, events) => wrap(new socketClass(url, [...protocols]), events),
  };
}

function wrap(socket: WebSocketLike, events: SocketEvents): Socket {
  socket.onopen = () => events.onOpen();
  socket.onmessage = ({ data }: { data: unknown }) => {
    if (typeof data === "string") events.onText(data);
  };
  // A close event follows each error and says more.
  socket.onerror = () => {};
  socket.onclose = ({ code, reason }: { code: number; reason: string }) =>
    events.onClose(code, reason);
  return {
    send(text) {
      if (socket.readyState === OPEN) socket.send(text);
    },
    close: (code, reason) => socket.close(code, reason),
  };
}
