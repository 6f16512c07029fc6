/**
 * A WebSocket made of bytes: the handshake is sent by hand, and so is each frame, lies included.
 * What comes back is kept frame by frame.
 */
import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { FrameReader } from "../proxy/frame-reader.ts";
import { splitHead } from "../proxy/http-head.ts";

export interface WireFrameOptions {
  readonly opcode?: number;
  readonly payload?: Uint8Array | string;
  readonly fin?: boolean;
  /** Extension bits, of which none is agreed on. */
  readonly reserved?: number;
  readonly masked?: boolean;
  /** What the header says, whatever follows. */
  readonly declaredBytes?: bigint;
}

export type WireEvent =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "close"; readonly code: number }
  | { readonly kind: "end" };

const OPCODE_CLOSE = 8;

export class WireSocket {
  readonly #socket: Socket;
  readonly #events: WireEvent[] = [];
  readonly #reader = new FrameReader();
  #head: string | undefined;
  #held: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => this.#take(bytes));
    // An end follows each error, and says as much.
    socket.on("error", () => undefined);
    socket.on("close", () => this.#events.push({ kind: "end" }));
  }

  /** Sends a request's head as it is. */
  static async send(port: number, head: string): Promise<WireSocket> {
    const socket = connect(port, "127.0.0.1");
    const wire = new WireSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    socket.write(head);
    return wire;
  }

  /** Asks for an upgrade of `/v1/socket`; `lines` are further headers. */
  static upgrade(port: number, lines: readonly string[]): Promise<WireSocket> {
    return WireSocket.send(
      port,
      [
        "GET /v1/socket HTTP/1.1",
        `Host: 127.0.0.1:${port}`,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
        ...lines,
        "\r\n",
      ].join("\r\n"),
    );
  }

  /** The answer's head, once it is here. */
  get head(): string | undefined {
    return this.#head;
  }

  /** All that came after the head, in order. */
  get events(): readonly WireEvent[] {
    return this.#events;
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  frame(options: WireFrameOptions): void {
    this.write(encodeFrame(options));
  }

  text(payload: string): void {
    this.frame({ payload });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #take(bytes: Buffer): void {
    if (this.#head !== undefined) {
      for (const frame of this.#reader.push(bytes)) this.#hear(frame);
      return;
    }
    this.#held = Buffer.concat([this.#held, bytes]);
    const head = splitHead(this.#held);
    if (head === undefined) return;
    this.#head = head.text;
    this.#take(head.rest);
  }

  #hear({
    opcode,
    text,
    bytes,
  }: {
    opcode: number;
    text: string | undefined;
    bytes: Buffer;
  }): void {
    if (text !== undefined) this.#events.push({ kind: "text", text });
    if (opcode === OPCODE_CLOSE) {
      // A server does not mask. workerd's longer reasons come with the header of a long frame.
      const headerBytes = bytes.readUInt8(1) === 126 ? 4 : 2;
      const hasCode = bytes.length >= headerBytes + 2;
      this.#events.push({ kind: "close", code: hasCode ? bytes.readUInt16BE(headerBytes) : 1005 });
    }
  }
}

function encodeFrame(options: WireFrameOptions): Buffer {
  const { opcode = 1, fin = true, reserved = 0, masked = true } = options;
  const payload = Buffer.from(options.payload ?? "");
  const declared = options.declaredBytes ?? BigInt(payload.length);
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const head = Buffer.concat([Buffer.from([first]), lengthOf(declared, masked)]);
  if (!masked) return Buffer.concat([head, payload]);
  const mask = randomBytes(4);
  const hidden = payload.map((byte, index) => byte ^ mask.readUInt8(index & 3));
  return Buffer.concat([head, mask, hidden]);
}

function lengthOf(bytes: bigint, masked: boolean): Buffer {
  const bit = masked ? 0x80 : 0;
  if (bytes < 126n) return Buffer.from([bit | Number(bytes)]);
  const long = Buffer.alloc(bytes < 65_536n ? 3 : 9);
  if (bytes < 65_536n) {
    long.writeUInt8(bit | 126, 0);
    long.writeUInt16BE(Number(bytes), 1);
  } else {
    long.writeUInt8(bit | 127, 0);
    long.writeBigUInt64BE(bytes, 1);
  }
  return long;
}
