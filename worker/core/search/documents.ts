import type { Body } from "../../../protocol/entries.ts";
import { fnv1a } from "../hash.ts";
import { isLogRow, type TimelineRow } from "../row.ts";
import type { Field } from "./match.ts";
import { termsOf } from "./tokens.ts";

/** What of an entry can be searched, and under which terms the index has it. */

/** What else is asked about a message than its text. */
export interface Filter {
  readonly from?: string;
  readonly conversation?: string;
  /** Server time of acceptance, ms: at or after, and before. */
  readonly after?: number;
  readonly before?: number;
  readonly hasFile?: boolean;
}

/** Tags tell the time as the number of such a span, some 25 days. */
const SPAN_MS = 2 ** 31;

/** Undefined where there is nothing to be found: marks, changes, and what stands in a place. */
export function fieldsOf(body: Body): readonly Field[] | undefined {
  switch (body.kind) {
    case "text":
      return [{ name: "text", text: body.text }];
    case "file":
      return fields({ caption: body.caption, name: body.name });
    case "location":
      return fields({ label: body.label });
    case "contact":
      return fields({ name: body.name ?? body.user });
    default:
      return undefined;
  }
}

function fields(texts: Partial<Record<Field["name"], string | undefined>>): Field[] {
  return Object.entries(texts).flatMap(([name, text]) =>
    text === undefined ? [] : [{ name: name as Field["name"], text }],
  );
}

/** Everything that an entry is found by; empty where it can't be searched. */
export function entryTerms(row: TimelineRow, body: Body = row.body): Set<string> {
  const found = fieldsOf(body);
  if (found === undefined || !isLogRow(row)) return new Set();
  const terms = new Set(found.flatMap(({ text }) => [...termsOf(text)]));
  for (const tag of tagsOf(row, body)) terms.add(tag);
  return terms;
}

function tagsOf(row: TimelineRow, body: Body): string[] {
  const tags = [conversationTag(row.conversation), `@t${spanOf(row.at)}`];
  if (row.origin !== null) tags.push(`@u${row.origin.user}`);
  if (body.kind === "file") tags.push("@f");
  return tags;
}

/** Two conversations may share one; whoever finds something looks at the entry itself. */
function conversationTag(conversation: string): string {
  return `@c${fnv1a(conversation).toString(36)}`;
}

/** The tags that an entry must have to pass; times are looked at apart. */
export function filterTags({ from, conversation, hasFile }: Filter): string[] {
  return [
    ...(conversation === undefined ? [] : [conversationTag(conversation)]),
    ...(from === undefined ? [] : [`@u${from}`]),
    ...(hasFile === true ? ["@f"] : []),
  ];
}

/** Which `@t` tags may hold entries of the time that is asked for; undefined: any. */
export function spanFilter({ after, before }: Filter): ((tag: string) => boolean) | undefined {
  if (after === undefined && before === undefined) return undefined;
  const first = spanOf(after ?? 0);
  const last = spanOf(before ?? Number.MAX_SAFE_INTEGER);
  return (tag) => {
    const span = Number(tag.slice(2));
    return span >= first && span <= last;
  };
}

function spanOf(at: number): number {
  return Math.floor(at / SPAN_MS);
}

export function passes(row: TimelineRow, filter: Filter): boolean {
  const { from, conversation, after, before, hasFile } = filter;
  if (conversation !== undefined && row.conversation !== conversation) return false;
  if (from !== undefined && row.origin?.user !== from) return false;
  if (after !== undefined && row.at < after) return false;
  if (before !== undefined && row.at >= before) return false;
  return hasFile === undefined || (row.body.kind === "file") === hasFile;
}
