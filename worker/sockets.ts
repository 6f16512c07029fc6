import { CLOSE, type CloseName, formatCloseReason } from "../protocol/close-codes.ts";
import { PING, pong } from "../protocol/codec.ts";
import { packSession, unpackSession } from "./core/attachment.ts";
import type { Session } from "./core/session.ts";

/**
 * The sockets of a user's devices. Each carries its session in its attachment, which survives
 * hibernation and dies with the socket.
 */
export class Sockets {
  readonly #state: DurableObjectState;
  readonly #byId = new Map<string, WebSocket>();

  constructor(state: DurableObjectState) {
    this.#state = state;
    for (const socket of state.getWebSockets()) {
      const attached = attachmentOf(socket);
      if (attached !== undefined) this.#byId.set(attached.id, socket);
    }
  }

  accept(socket: WebSocket, id: string): void {
    // Not `socket.accept()`: only this way does the object hibernate under open sockets.
    this.#state.acceptWebSocket(socket);
    this.#byId.set(id, socket);
    socket.serializeAttachment({ id, session: null } satisfies Attachment);
  }

  /** Sessions as the attachments tell; a socket that is closing has none any more. */
  sessions(): Session[] {
    const sessions: Session[] = [];
    for (const socket of this.#byId.values()) {
      const session = socket.readyState === WebSocket.OPEN ? this.sessionOf(socket) : undefined;
      if (session !== undefined) sessions.push(session);
    }
    return sessions;
  }

  idOf(socket: WebSocket): string | undefined {
    return attachmentOf(socket)?.id;
  }

  /** Undefined before its session, and once it was closed from here. */
  sessionOf(socket: WebSocket): Session | undefined {
    const packed = attachmentOf(socket)?.session ?? null;
    return packed === null ? undefined : unpackSession(packed);
  }

  attach(session: Session): void {
    const packed: Attachment = { id: session.id, session: packSession(session) };
    this.#byId.get(session.id)?.serializeAttachment(packed);
  }

  /** A send is never a delivery, and a failing one is no news: the entry waits for its ack. */
  send(id: string, text: string): void {
    const socket = this.#byId.get(id);
    if (socket?.readyState !== WebSocket.OPEN) return;
    try {
      socket.send(text);
    } catch {
      // The socket broke between two events; its close event, or the retry, comes to it.
    }
  }

  close(id: string, name: CloseName): void {
    const socket = this.#byId.get(id);
    this.#byId.delete(id);
    if (socket === undefined) return;
    // Still listed after waking, it must not come back as a session.
    socket.serializeAttachment({ id, session: null } satisfies Attachment);
    closeQuietly(socket, CLOSE[name].code, formatCloseReason({ why: name }));
  }

  /** The other side closed: it hangs in CLOSING until it is answered. */
  answerClose(socket: WebSocket, code: number): void {
    const id = this.idOf(socket);
    if (id !== undefined) this.#byId.delete(id);
    // 1005, 1006 and 1015 are never sent; they only say that no code came.
    const sendable = code === 1005 || code === 1006 || code === 1015 ? 1000 : code;
    closeQuietly(socket, sendable, "");
  }

  pingedAt(id: string): number {
    const socket = this.#byId.get(id);
    if (socket === undefined) return 0;
    return this.#state.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
  }

  /** Heartbeats are answered by the runtime, and the answer shows the newest seq. */
  answerPings(head: number): void {
    this.#state.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, pong(head)));
  }
}

/** An accepted socket always has its id; its session comes and goes. */
interface Attachment {
  readonly id: string;
  readonly session: string | null;
}

function attachmentOf(socket: WebSocket): Attachment | undefined {
  return (socket.deserializeAttachment() as Attachment | null) ?? undefined;
}

function closeQuietly(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, reason);
  } catch {
    // Closed already, from either side.
  }
}
