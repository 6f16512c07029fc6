import { expect, test } from "vitest";
import type { Reading } from "../../worker/meter.ts";
import { edge, tokenFor } from "./fixtures/edge.ts";
import { holdfast, newUser, RawDevice, setPolicy } from "./support.ts";

function readingOf(user: string): Promise<Reading> {
  return holdfast.USER.getByName(user).meter();
}

test("an object tells what it has cost, and being asked costs nothing", async () => {
  await setPolicy({ recipients: "any" });
  const alice = new RawDevice(newUser("alice"));
  await alice.connect();
  const before = await readingOf(alice.user);
  expect(before).toMatchObject({ object: `user:${alice.user}`, requests: 1, frames: 1 });
  expect(await readingOf(alice.user)).toEqual(before);

  alice.say(alice.user, "a note to oneself");
  await alice.next("accepted");
  const after = await readingOf(alice.user);
  expect(after.since).toBe(before.since);
  expect(after.rowsWritten - before.rowsWritten).toBeGreaterThanOrEqual(1);
  expect(after.frames).toBeGreaterThan(before.frames);
  expect(after.requests).toBe(before.requests);
  expect(after.activeMs).toBeGreaterThan(before.activeMs);
});

test("a deploy shows no meter", async () => {
  const here = edge();
  const authorization = `Bearer ${await tokenFor(here, "alice")}`;
  const response = await here.fetch("/v1/dev/meter?user=alice", { headers: { authorization } });
  expect(response.status).toBe(404);
});
