import { expect, test } from "vitest";
import { FrameReader } from "../proxy/frame-reader.ts";
import {
  isUpgradeRequest,
  isUpgradeResponse,
  splitHead,
  withoutExtensions,
} from "../proxy/http-head.ts";

/** A frame as RFC 6455 has it, with the mask of a client when one is given. */
function frame(opcode: number, payload: Buffer, options: { mask?: Buffer; fin?: boolean } = {}) {
  const { mask, fin = true } = options;
  const masked = mask === undefined ? 0 : 0x80;
  const size = payload.length;
  const head =
    size < 126
      ? Buffer.from([0, masked | size])
      : size < 65_536
        ? Buffer.from([0, masked | 126, size >> 8, size & 255])
        : Buffer.from([0, masked | 127, 0, 0, 0, 0, 0, size >> 16, (size >> 8) & 255, size & 255]);
  head[0] = (fin ? 0x80 : 0) | opcode;
  if (mask === undefined) return Buffer.concat([head, payload]);
  const hidden = payload.map((byte, index) => byte ^ (mask[index & 3] ?? 0));
  return Buffer.concat([head, mask, hidden]);
}

const mask = Buffer.from([1, 2, 3, 250]);
const text = (value: string) => Buffer.from(value, "utf8");

test.each([0, 1, 125, 126, 65_535, 65_536, 70_000])(
  "a text of %i bytes is read, masked or not, and its bytes are kept",
  (size) => {
    for (const options of [{}, { mask }]) {
      const bytes = frame(1, Buffer.alloc(size, "x"), options);
      const [read, ...more] = new FrameReader().push(bytes);
      expect(more).toEqual([]);
      expect(read?.text).toBe("x".repeat(size));
      expect(read?.bytes.equals(bytes)).toBe(true);
    }
  },
);

test("a stream cut at every byte gives the same frames", () => {
  const stream = Buffer.concat([
    frame(1, text("hello ✓"), { mask }),
    frame(9, text("ping"), { mask }),
    frame(1, Buffer.alloc(300, "y")),
    frame(8, Buffer.from([3, 232])),
  ]);
  const reader = new FrameReader();
  const seen = [...stream].flatMap((byte) => reader.push(Buffer.from([byte])));
  expect(seen.map(({ opcode }) => opcode)).toEqual([1, 9, 1, 8]);
  expect(seen.map((one) => one.text)).toEqual(["hello ✓", undefined, "y".repeat(300), undefined]);
  expect(Buffer.concat(seen.map(({ bytes }) => bytes)).equals(stream)).toBe(true);
});

test("fragments pass unread", () => {
  const stream = Buffer.concat([
    frame(1, text("one"), { fin: false }),
    frame(0, text("two")),
    frame(2, text("binary")),
  ]);
  const seen = new FrameReader().push(stream);
  expect(seen.map((one) => one.text)).toEqual([undefined, undefined, undefined]);
  expect(Buffer.concat(seen.map(({ bytes }) => bytes)).equals(stream)).toBe(true);
});

test("only a request to upgrade to WebSocket is taken for one", () => {
  const upgrade =
    "GET /v1/socket HTTP/1.1\r\nHost: x\r\nUpgrade: WebSocket\r\n" +
    "Sec-WebSocket-Extensions: permessage-deflate; x\r\nSec-WebSocket-Version: 13\r\n\r\n";
  expect(isUpgradeRequest(upgrade)).toBe(true);
  expect(isUpgradeRequest("GET / HTTP/1.1\r\nHost: upgrade: websocket\r\n\r\n")).toBe(false);
  expect(isUpgradeRequest("POST / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n")).toBe(false);
  expect(withoutExtensions(upgrade)).toBe(
    "GET /v1/socket HTTP/1.1\r\nHost: x\r\nUpgrade: WebSocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
  );
  expect(isUpgradeResponse("HTTP/1.1 101 Switching Protocols\r\n\r\n")).toBe(true);
  expect(isUpgradeResponse("HTTP/1.1 403 Forbidden\r\n\r\n")).toBe(false);
  expect(splitHead(Buffer.from("GET / HTTP/1.1\r\n"))).toBeUndefined();
  expect(splitHead(Buffer.from("HEAD\r\n\r\nbody"))).toEqual({
    text: "HEAD\r\n\r\n",
    rest: Buffer.from("body"),
  });
});
