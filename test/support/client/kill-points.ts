/** Where a client may die, in the order of a message's way; numbers are those of the SDK's list. */
export interface KillPoint {
  readonly name: string;
  readonly point: string;
  readonly skip?: number;
  readonly isOwnFirst?: boolean;
}

export const KILL_POINTS: readonly KillPoint[] = [
  { name: "1 before the row is written", point: "enqueue before", skip: 2 },
  { name: "2 row in an open transaction", point: "enqueue amid", skip: 2 },
  { name: "3 row committed, queued not told", point: "enqueue after", skip: 2 },
  { name: "before this one leads", point: "claim amid" },
  { name: "hello not sent", point: "hello unsent" },
  { name: "welcome not stored", point: "welcome before" },
  { name: "4 told, not sent", point: "submit unsent" },
  { name: "5 frame in the socket's buffer", point: "submit sent" },
  { name: "8 numbered, the answer is lost", point: "accepted in" },
  { name: "10 answer read, row not updated", point: "answer before" },
  { name: "11 row updated, transaction open", point: "answer amid" },
  { name: "12 committed, nobody told", point: "answer after" },
  { name: "own copy not read", point: "entries in" },
  { name: "13 own copy before the answer, not stored", point: "forget before", isOwnFirst: true },
  { name: "13 own copy before the answer, being stored", point: "forget amid", isOwnFirst: true },
  { name: "row forgotten, nobody told", point: "forget after" },
  { name: "ack not sent", point: "ack unsent" },
  { name: "ack sent", point: "ack sent" },
];
