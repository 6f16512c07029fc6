import type { Bucket } from "../figures/series.ts";
import type { Cell, Column, ColumnKind, Row, Table } from "../figures/table.ts";

/** One row per step: its time, then what `valuesOf` makes of it. */
export function stepTable(
  steps: readonly Bucket[],
  time: string,
  columns: readonly Column[],
  valuesOf: (step: Bucket, index: number) => Row,
): Table {
  return {
    columns: [{ label: time, kind: "time" }, ...columns],
    rows: steps.map((step, index) => [step.start, ...valuesOf(step, index)]),
  };
}

export function columnsOf(kind: ColumnKind, labels: readonly string[]): readonly Column[] {
  return labels.map((label) => ({ label, kind }));
}

/** Labels and their values. */
export function pairTable(
  what: string,
  value: string,
  kind: ColumnKind,
  pairs: Iterable<readonly [string, Cell]>,
): Table {
  return {
    columns: [
      { label: what, kind: "text" },
      { label: value, kind },
    ],
    rows: [...pairs].map(([label, cell]) => [label, cell]),
  };
}

export function startsOf(steps: readonly Bucket[]): readonly number[] {
  return steps.map(({ start }) => start);
}
