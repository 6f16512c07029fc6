import type { ClientEvent } from "../model.ts";
import type { Book } from "./book.ts";
import type { Change } from "./change.ts";
import { stateOfRow } from "./messages.ts";

/** What a change means for those who listen to outbox and conversations; the book has it already. */
export function* eventsOf(change: Change, book: Book): Iterable<ClientEvent> {
  const counters = new Set(change.outbox?.map(({ counter }) => counter));
  for (const [counter] of change.phases ?? []) counters.add(counter);
  for (const counter of counters) {
    const row = book.outbox.get(counter);
    if (row === undefined) continue;
    const id = book.user === "" ? undefined : `${book.user}:${book.device}:${counter}`;
    yield { type: "outbox", key: row.key, id, state: stateOfRow(row, book.phaseOf(counter)) };
  }
  for (const { conversation } of change.rows ?? []) {
    const found = book.conversation(conversation);
    if (found) yield { type: "conversation", conversation: found };
  }
}
