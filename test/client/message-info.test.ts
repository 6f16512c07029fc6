import { expect, test } from "vitest";
import { lab } from "../support/client/lab.ts";

const ID = "alice:k3Jd92mx:17";
const PUSH = { route: "retry", attempts: 2, firstPushAt: 5, lastPushAt: 9, ackedAt: 10 };
const INFO = {
  id: ID,
  number: 3,
  acceptedAt: 4,
  routed: true,
  devices: [
    { user: "bob", device: "b", seq: 7, status: "acked", nextRetryAt: null, pushes: [PUSH] },
  ],
};

/** The answer of a server that says `body`, and the path that was asked. */
async function asked(body: unknown) {
  const { client, server } = lab();
  const paths: string[] = [];
  server.get = (url) => {
    paths.push(new URL(url).pathname);
    return { response: Promise.resolve({ status: 200, body }), cancel: () => {} };
  };
  const info = await client.messageInfo(ID).catch((error: unknown) => error);
  return { info, paths };
}

test("the story of a message comes from the server's ledger", async () => {
  const { info, paths } = await asked(INFO);
  expect(paths).toEqual([`/v1/messages/${encodeURIComponent(ID)}/trace`]);
  expect(info).toMatchObject({ number: 3, routed: true, devices: [{ status: "acked" }] });
});

test("an answer of another shape is an error, and nothing that an app must check", async () => {
  const { info } = await asked({ ...INFO, devices: [{ user: "bob" }] });
  expect(info).toMatchObject({ code: "internal" });
});
