import { expect, test } from "vitest";
import { LoneUser } from "./fixtures/lone-user.ts";

test("a user without a live device is to be woken, by urgency and without a word of the content", () => {
  const user = new LoneUser();
  const [first] = user.receive({ kind: "text", text: "canary" }).filter(isWake);
  const [second] = user.receive({ kind: "text", text: "canary" }, "urgent").filter(isWake);
  expect(first).toMatchObject({ kind: "wake", urgency: "normal" });
  // The same conversation: the newer wake-up may replace the older one.
  expect(second).toEqual({ ...first, urgency: "urgent" });
  expect(JSON.stringify([first, second])).not.toMatch(/canary|alice|bob/);
});

test("what is no message wakes nobody", () => {
  const user = new LoneUser();
  user.receive({ kind: "text", text: "hello" });
  const effects = user.receive({ kind: "reaction", target: 1, emoji: "👍", on: true });
  expect(effects.filter(isWake)).toEqual([]);
});

function isWake(effect: { readonly kind: string }): boolean {
  return effect.kind === "wake";
}
