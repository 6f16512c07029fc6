/** What is asked of a group over HTTP: the group judges who asks, at that moment. */
import { parseConversation } from "../../protocol/names.ts";
import { HoldfastError } from "../errors.ts";
import type { GroupInfo, GroupLink, MembersPage, ReceiptsPage } from "../model.ts";
import type { Query, Questions } from "./questions.ts";

export async function groupInfo(questions: Questions, conversation: string): Promise<GroupInfo> {
  const { members, head } = await ask(questions, conversation, "", {}, "members", isCount);
  return { members: members as number, head: head as number };
}

export async function membersPage(questions: Questions, conversation: string, after?: string) {
  const page = await ask(questions, conversation, "/members", { after }, "members", Array.isArray);
  return page as unknown as MembersPage;
}

export async function receiptsPage(
  questions: Questions,
  conversation: string,
  number: number,
  after?: string,
) {
  const query = { number, after };
  const page = await ask(questions, conversation, "/receipts", query, "members", Array.isArray);
  return page as unknown as ReceiptsPage;
}

export async function openLinks(questions: Questions, conversation: string) {
  const { links } = await ask(questions, conversation, "/links", {}, "links", Array.isArray);
  return links as readonly GroupLink[];
}

/** Rejects with `internal` where the answer lacks what it is asked for. */
async function ask(
  questions: Questions,
  conversation: string,
  path: string,
  query: Query,
  field: string,
  isRight: (value: unknown) => boolean,
): Promise<Record<string, unknown>> {
  const parsed = parseConversation(conversation);
  if (parsed?.kind !== "group") throw new HoldfastError("not-found");
  const body = await questions.get(`/v1/groups/${parsed.group}${path}`, query);
  const fields = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  if (!isRight(fields[field])) throw new HoldfastError("internal");
  return fields;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value);
}
