import { describe, expect, test } from "vitest";
import { HoldfastError } from "../../client/errors.ts";
import type { HttpResponse } from "../../client/ports.ts";
import { lab, TALK } from "../support/client/lab.ts";

const ENTRY = {
  seq: 7,
  conversation: TALK,
  number: 3,
  id: "bob:deviceofbob:2",
  at: 1_790_000_000_000,
  body: { kind: "text", text: "lunch?" },
};
const HIT = { entry: ENTRY, highlights: [{ field: "text", from: 0, to: 5 }] };

/** A client whose questions are answered so; `asked` are the addresses. */
function asking(...answers: (HttpResponse | Error)[]) {
  const asked: string[] = [];
  const tokens: string[] = [];
  let given = 0;
  const token = async () => {
    given += 1;
    return `token${given}`;
  };
  const parts = lab({ token });
  parts.server.get = (url, headers) => {
    asked.push(url);
    tokens.push(headers["authorization"] ?? "");
    const answer = answers.shift();
    const response =
      answer instanceof Error || answer === undefined
        ? Promise.reject(answer ?? new Error("no answer"))
        : Promise.resolve(answer);
    return { response, cancel: () => {} };
  };
  return { ...parts, asked, tokens };
}

const ok = (body: unknown): HttpResponse => ({ status: 200, body });
const codeOf = (error: unknown) => (error instanceof HoldfastError ? error.code : error);

describe("search", () => {
  test("asks with everything that was given, and brings messages with their highlights", async () => {
    const { client, asked } = asking(ok({ hits: [HIT], next: "5" }));
    const options = { from: "bob", conversation: TALK, after: 1, before: 9, hasFile: true };
    const results = await client.search("lunch & 午餐", { ...options, page: "9", limit: 5 });
    const url = new URL(asked[0] ?? "");
    expect(url.pathname).toBe("/v1/search");
    expect(Object.fromEntries(url.searchParams)).toEqual({
      q: "lunch & 午餐",
      from: "bob",
      conversation: TALK,
      after: "1",
      before: "9",
      hasFile: "true",
      page: "9",
      limit: "5",
    });
    expect(results.next).toBe("5");
    const [hit] = results.hits;
    expect(hit?.highlights).toEqual(HIT.highlights);
    expect(hit?.message).toMatchObject({ number: 3, from: "bob", own: false, content: ENTRY.body });
  });

  test("an empty query asks for what passes the filter", async () => {
    const { client, asked } = asking(ok({ hits: [] }));
    expect(await client.search("  ", { hasFile: true })).toEqual({ hits: [], next: undefined });
    expect(asked[0]).toMatch(/\/v1\/search\?hasFile=true$/);
  });

  test("needs no connection, and asks once more when the token has ended", async () => {
    const { client, tokens } = asking({ status: 401, body: undefined }, ok({ hits: [] }));
    await client.search("lunch");
    expect(tokens).toEqual(["Bearer token1", "Bearer token2"]);
  });

  test.each<[string, HttpResponse | Error, string]>([
    ["a refusal", { status: 400, body: { error: { code: "bad-field" } } }, "bad-field"],
    ["an unknown refusal", { status: 400, body: { error: { code: "new" } } }, "internal"],
    ["a page of another server", { status: 502, body: undefined }, "internal"],
    ["an answer of another shape", ok({ hits: [{ entry: {} }] }), "internal"],
    ["no network", new Error("no route"), "offline"],
  ])("%s rejects with its code", async (_, answer, code) => {
    const { client } = asking(answer);
    expect(await client.search("lunch").catch(codeOf)).toBe(code);
  });

  test("says which field is wrong", async () => {
    const error = { code: "bad-field", field: "q", rule: "words" };
    const { client } = asking({ status: 400, body: { error } });
    await expect(client.search("***")).rejects.toMatchObject({ field: "q", rule: "words" });
  });

  test("ends when nobody answers, and when the client is closed", async () => {
    const { client, server, clock } = asking();
    server.get = () => ({ response: new Promise(() => {}), cancel: () => {} });
    const slow = client.search("lunch").catch(codeOf);
    await clock.advance(30_000);
    expect(await slow).toBe("timeout");
    const left = client.search("lunch").catch(codeOf);
    await clock.advance(1);
    await client.close();
    expect(await left).toBe("closed");
  });
});
