/** What the client keeps of the protocol's lists, in short, is what they say. */
import { describe, expect, test } from "vitest";
import { isErrorCode } from "../../../client/core/codes.ts";
import { endingOf, NORMAL_CLOSE } from "../../../client/core/ending.ts";
import { retryOf } from "../../../client/core/retry.ts";
import { CLIENT_ERRORS } from "../../../client/errors.ts";
import { afterClose, CLOSE } from "../../../protocol/close-codes.ts";
import { ERRORS } from "../../../protocol/errors.ts";

describe("short lists", () => {
  test("every error's retry, and none for a code that is not known", () => {
    const all = Object.entries({ ...ERRORS, ...CLIENT_ERRORS });
    expect(all.map(([code]) => [code, retryOf(code)])).toEqual(
      all.map(([code, { retry }]) => [code, retry]),
    );
    for (const strange of ["teapot", "", "constructor"]) expect(retryOf(strange)).toBe("never");
  });

  test("the names of the protocol's errors", () => {
    expect(Object.keys(ERRORS).filter((code) => !isErrorCode(code))).toEqual([]);
    for (const strange of ["closed", "constructor", 7, null])
      expect(isErrorCode(strange)).toBe(false);
  });

  test("R14 every close code's advice, by name where it is final", () => {
    expect(NORMAL_CLOSE).toBe(CLOSE.normal.code);
    for (const [name, { code }] of Object.entries(CLOSE)) {
      const isAwaited = afterClose(code) === "backoff";
      expect([name, endingOf(code)]).toEqual([name, isAwaited ? undefined : name]);
    }
    for (const strange of [0, 1006, 4999]) expect(endingOf(strange)).toBeUndefined();
  });
});
