import type { Cell, Column, Table } from "../figures/table.ts";
import type { Amounts } from "../text/amounts.ts";
import { useOps } from "../text/ops-wording.tsx";

interface DataTableProps {
  readonly label: string;
  readonly table: Table;
}

/** Scrolls by itself where it is wider than the page, also by keyboard. */
export function DataTable({ label, table: { columns, rows } }: DataTableProps) {
  const { amounts } = useOps();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="table-scroll" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map(({ label: name, kind }) => (
              <th key={name} scope="col" className={kind === "text" ? undefined : "number"}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name
            <tr key={index}>
              {columns.map((column, at) => cellOf(row[at] ?? null, column, amounts))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function cellOf(cell: Cell, { label, kind }: Column, amounts: Amounts) {
  const text = typeof cell === "number" ? amounts.cell(kind, cell) : (cell ?? "–");
  return (
    <td key={label} className={kind === "text" ? undefined : "number"}>
      {text}
    </td>
  );
}
