import { type Answer, ask, at } from "./ask.ts";

/** Whether others learn what this user has read. */
export function readReceipts(token: string): Promise<Answer<boolean>> {
  return ask("/v1/preferences", read, { token });
}

export function setReadReceipts(on: boolean, token: string): Promise<Answer<boolean>> {
  return ask("/v1/preferences", read, { method: "PUT", token, body: { readReceipts: on } });
}

function read(body: unknown): boolean | undefined {
  const on = at(body, "readReceipts");
  return typeof on === "boolean" ? on : undefined;
}
