/**
 * Finds the frame boundaries in a byte stream. A frame's bytes are kept exactly as they came, mask
 * and all, so that forwarding, repeating or replaying one changes nothing in it.
 */

const OPCODE_TEXT = 1;
const FIN = 0x80;
const MASKED = 0x80;

export interface WireFrame {
  readonly bytes: Buffer;
  readonly opcode: number;
  /** Of a whole text frame only: fragments and other kinds are passed on unread. */
  readonly text: string | undefined;
}

export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  /** The frames that are complete with these bytes; what is left waits for more. */
  push(bytes: Buffer): WireFrame[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const frames: WireFrame[] = [];
    for (;;) {
      const frame = readFrame(this.#rest);
      if (frame === undefined) return frames;
      this.#rest = this.#rest.subarray(frame.bytes.length);
      frames.push(frame);
    }
  }
}

interface Header {
  readonly headerBytes: number;
  readonly payloadBytes: number;
  readonly mask: Buffer | undefined;
}

function readHeader(bytes: Buffer): Header | undefined {
  if (bytes.length < 2) return undefined;
  const second = bytes.readUInt8(1);
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const maskBytes = (second & MASKED) === 0 ? 0 : 4;
  const headerBytes = 2 + lengthBytes + maskBytes;
  if (bytes.length < headerBytes) return undefined;
  const payloadBytes =
    lengthBytes === 0
      ? short
      : lengthBytes === 2
        ? bytes.readUInt16BE(2)
        : Number(bytes.readBigUInt64BE(2));
  const mask = maskBytes === 0 ? undefined : bytes.subarray(2 + lengthBytes, headerBytes);
  return { headerBytes, payloadBytes, mask };
}

function readFrame(bytes: Buffer): WireFrame | undefined {
  const header = readHeader(bytes);
  if (header === undefined) return undefined;
  const end = header.headerBytes + header.payloadBytes;
  if (bytes.length < end) return undefined;
  const first = bytes.readUInt8(0);
  const opcode = first & 0x0f;
  const isWholeText = opcode === OPCODE_TEXT && (first & FIN) !== 0;
  const payload = bytes.subarray(header.headerBytes, end);
  return {
    bytes: bytes.subarray(0, end),
    opcode,
    text: isWholeText ? unmask(payload, header.mask).toString("utf8") : undefined,
  };
}

function unmask(payload: Buffer, mask: Buffer | undefined): Buffer {
  if (mask === undefined) return payload;
  return Buffer.from(payload.map((byte, index) => byte ^ mask.readUInt8(index & 3)));
}
