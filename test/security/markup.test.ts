import { afterAll, beforeAll, expect, test } from "vitest";
import { directConversation } from "../../protocol/names.ts";
import { signIn } from "../support/accounts.ts";
import { MARKUP_ATTACKS } from "../support/markup-attacks.ts";
import { openSession } from "../support/session.ts";
import { Stage } from "../support/stage.ts";

const USER = "mallory";
const CONVERSATION = directConversation(USER, USER);

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage.close());

async function get(path: string): Promise<Response> {
  const token = await signIn(stage.server.url, USER);
  return fetch(stage.server.url + path, { headers: { Authorization: `Bearer ${token}` } });
}

function expectData(response: Response): void {
  expect(response.headers.get("Content-Type")).toMatch(/^application\/json/);
  expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
}

test("markup in a message is kept as it is, and only ever served as data", async () => {
  const client = await openSession(stage.server.url, USER, "mallory-device");
  const items = MARKUP_ATTACKS.map((text, index) => ({
    conversation: CONVERSATION,
    counter: index + 1,
    prev: index,
    body: { kind: "text", text },
  }));
  client.send({ t: "submit", items });
  expect(await client.next("accepted")).toMatchObject({
    results: items.map(({ counter }) => ({ counter, number: counter })),
  });
  client.terminate();
  const response = await get(`/v1/conversations/${CONVERSATION}/messages?limit=100`);
  expectData(response);
  const { entries } = (await response.json()) as { entries: { body: { text: string } }[] };
  expect(entries.map(({ body }) => body.text).reverse()).toEqual(MARKUP_ATTACKS);
});

test("what is wrong with a request is not told in the request's own words", async () => {
  for (const attack of MARKUP_ATTACKS) {
    const word = encodeURIComponent(attack);
    for (const path of [`/v1/${word}`, `/v1/conversations/${word}/messages`, `/v1/?x=${word}`]) {
      const response = await get(path);
      expect(response.status).toBeOneOf([400, 404]);
      expectData(response);
      expect(await response.text()).not.toMatch(/script|alert|canary/i);
    }
  }
});
