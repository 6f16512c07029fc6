import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CLOSE } from "../../protocol/close-codes.ts";
import { type Decoded, decodeClientFrame, decodeServerFrame } from "../../protocol/codec.ts";
import { ERRORS } from "../../protocol/errors.ts";

const page = readFileSync(new URL("../../protocol/PROTOCOL.md", import.meta.url), "utf8");
/** Tables are padded by the formatter. */
const lines = page.split("\n").map((line) => line.replace(/ {2,}/g, " "));

function framesOf(side: "C" | "S"): string[] {
  return lines.filter((line) => line.startsWith(`${side} {`)).map((line) => line.slice(2));
}

function refusalsAmong(frames: string[], decode: (text: string) => Decoded<unknown>): string[] {
  return frames.filter((frame) => !decode(frame).ok);
}

test("every worked frame of the page is one that the schemas take", () => {
  const [sent, received] = [framesOf("C"), framesOf("S")];
  expect(sent.length).toBeGreaterThan(10);
  expect(received.length).toBeGreaterThan(10);
  expect(refusalsAmong(sent, decodeClientFrame)).toEqual([]);
  expect(refusalsAmong(received, decodeServerFrame)).toEqual([]);
});

test("the page lists every error with its advice, and every close code", () => {
  for (const [code, { retry }] of Object.entries(ERRORS)) {
    expect(lines.filter((line) => line.startsWith(`| \`${code}\` | ${retry} |`))).toHaveLength(1);
  }
  for (const { code, meaning } of Object.values(CLOSE)) {
    expect(lines.some((line) => line.startsWith(`| ${code} |`) && line.includes(meaning))).toBe(
      true,
    );
  }
});
