/** A group with one log for all, as this device sees it. */
import type { CoreClient } from "../../../client/client.ts";
import type { Body } from "../../../protocol/entries.ts";
import type { Membership } from "../../../protocol/groups.ts";
import type { LoggedEntry } from "../../../protocol/large-groups.ts";
import { GROUP, place as memberPlace } from "./group-talk.ts";
import { type LabOptions, lab } from "./lab.ts";

/** A member of it, who sees all of its past. */
export function place(fields: Partial<Membership> = {}): Membership {
  return memberPlace({ title: "Fair", history: "start", mode: "large", ...fields });
}

/** The group's log, as the group would tell it over HTTP and pass it through. */
export async function fair(
  options: LabOptions = {},
  prepare: (client: CoreClient) => void = () => {},
  first: Partial<Membership> = {},
) {
  const parts = lab(options);
  const { client, server, clock } = parts;
  const log: LoggedEntry[] = [];
  const asked: number[] = [];
  const say = (body: Body | string, id = `bob:deviceofbob:${log.length + 1}`) => {
    const content: Body = typeof body === "string" ? { kind: "text", text: body } : body;
    const entry = { number: log.length + 1, id, at: 1_000 + log.length, body: content };
    log.push(entry);
    return entry;
  };
  const pass = (...entries: LoggedEntry[]) => {
    const [from, to] = [entries[0]?.number ?? 0, entries.at(-1)?.number ?? 0];
    server.send({ t: "log", conversation: GROUP, from, to, entries });
  };
  server.get = (url) => {
    const { searchParams } = new URL(url);
    const after = Number(searchParams.get("after"));
    asked.push(after);
    const entries = log.slice(after, after + Number(searchParams.get("limit")));
    const body = { entries, head: log.length };
    return { response: Promise.resolve({ status: 200, body }), cancel: () => {} };
  };
  const head = (unread: number) =>
    server.send({ t: "head", conversation: GROUP, number: log.length, unread });
  client.messages(GROUP).subscribe(() => {});
  prepare(client);
  await client.connect();
  server.note(GROUP, place(first));
  await clock.advance(100);
  const settle = async () => {
    for (let i = 0; i < 20; i += 1) {
      await new Promise((resolve) => setImmediate(resolve));
      await clock.advance(10);
    }
  };
  return { ...parts, log, asked, say, pass, head, settle };
}

export function state(client: CoreClient) {
  const { unread, head } = client.conversations.get().find(({ id }) => id === GROUP) ?? {};
  return { unread, head };
}
