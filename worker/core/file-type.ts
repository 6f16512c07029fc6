import { LIMITS } from "../../protocol/limits.ts";
import { pixelsOf } from "./pixels.ts";

/** How many bytes of a file its type is decided by. */
export const HEAD_BYTES = 262_144;
/** What is not surely something else: kept and given back, never shown in place. */
export const ANY_BYTES = "application/octet-stream";

/** A browser may show these in place: they can carry no script. */
const INLINE = new Set(["image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4"]);
const PICTURES = /^image\//;
const HEX_BYTES = 64;

/** What the first bytes are in hexadecimal; the comment says it in letters. */
const SIGNATURES: readonly (readonly [string, RegExp])[] = [
  // .PNG and a header of 13 bytes
  ["image/png", /^89504e470d0a1a0a0000000d49484452/],
  ["image/jpeg", /^ffd8ff/],
  // GIF87a, GIF89a
  ["image/gif", /^47494638(37|39)61/],
  // RIFF, length, WEBPVP8 and a space, L or X
  ["image/webp", /^52494646.{8}57454250565038(20|4c|58)/],
  // A first box `ftyp` of less than 64 KiB: isom, iso2 … iso9, mp41, mp42, avc1, M4V, dash
  ["video/mp4", /^0000.{4}66747970(69736f(6d|3[2-9])|6d7034(31|32)|61766331|4d3456|64617368)/],
  // The same, M4A
  ["audio/mp4", /^0000.{4}667479704d3441/],
  // %PDF-
  ["application/pdf", /^255044462d/],
  // PK
  ["application/zip", /^504b0304/],
  ["application/gzip", /^1f8b08/],
  // ID3
  ["audio/mpeg", /^494433/],
  // OggS
  ["audio/ogg", /^4f676753/],
  // RIFF, length, WAVE
  ["audio/wav", /^52494646.{8}57415645/],
  // EBML, and soon: webm
  ["video/webm", /^1a45dfa3.{0,80}7765626d/],
];

/**
 * The type that the bytes themselves show; names and what the sender says count for nothing. A
 * picture that is too large to be decoded without harm, or that does not tell its size, is no
 * picture.
 */
export function typeOf(head: Uint8Array): string {
  const start = hexOf(head.subarray(0, HEX_BYTES));
  const type = SIGNATURES.find(([, signature]) => signature.test(start))?.[0] ?? ANY_BYTES;
  if (!PICTURES.test(type)) return type;
  const pixels = pixelsOf(type, head);
  return pixels > 0 && pixels <= LIMITS.imagePixels ? type : ANY_BYTES;
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function isInline(type: string): boolean {
  return INLINE.has(type);
}

export function isPicture(type: string): boolean {
  return PICTURES.test(type);
}
