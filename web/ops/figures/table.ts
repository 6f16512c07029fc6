/** What a panel shows, as rows: for its table and its file, and for who can't see its chart. */
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

export type Row = readonly Cell[];
export type Cell = string | number | null;

export interface Column {
  readonly label: string;
  readonly kind: ColumnKind;
}

/** `share` is told as a part of 1, `ms` and `time` in milliseconds, `usd` in dollars. */
export type ColumnKind = "text" | "time" | "count" | "share" | "ms" | "usd";

/** RFC 4180. Times are written as ISO 8601, all other numbers as they are. */
export function csvOf({ columns, rows }: Table): string {
  const kinds = columns.map(({ kind }) => kind);
  const lines = [
    columns.map(({ label }) => quoted(label)),
    ...rows.map((row) => row.map((cell, index) => plain(cell, kinds[index]))),
  ];
  return `${lines.map((line) => line.join(",")).join("\r\n")}\r\n`;
}

function plain(cell: Cell, kind: ColumnKind | undefined): string {
  if (cell === null) return "";
  if (typeof cell === "string") return quoted(cell);
  return kind === "time" ? new Date(cell).toISOString() : String(cell);
}

/** A spreadsheet takes a text that begins like this for a formula. */
const FORMULA = /^[=+\-@\t\r]/;

function quoted(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
