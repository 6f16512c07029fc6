/** The HTTP part of a connection: plain requests pass, until one becomes a WebSocket. */

const HEAD_END = "\r\n\r\n";

export interface Head {
  readonly text: string;
  readonly rest: Buffer;
}

/** Splits the head from what follows; `undefined` while it is not complete. */
export function splitHead(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return undefined;
  const headBytes = end + HEAD_END.length;
  return { text: bytes.toString("latin1", 0, headBytes), rest: bytes.subarray(headBytes) };
}

export function isUpgradeRequest(head: string): boolean {
  return /^GET /.test(head) && /\r\nupgrade:[ \t]*websocket[ \t]*\r\n/i.test(head);
}

export function isUpgradeResponse(head: string): boolean {
  return /^HTTP\/1\.1 101 /.test(head);
}

/** Without this header nobody compresses, and the proxy can read what passes. */
export function withoutExtensions(head: string): string {
  return head.replace(/\r\nsec-websocket-extensions:[^\r]*/gi, "");
}
