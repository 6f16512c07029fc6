import { Scroller } from "../../kit/scroller.tsx";
import type { Cell, Column, Table } from "../figures/table.ts";
import type { Amounts } from "../text/amounts.ts";
import { useOps } from "../text/ops-wording.tsx";

interface DataTableProps {
  readonly label: string;
  readonly table: Table;
}

export function DataTable({ label, table: { columns, rows } }: DataTableProps) {
  const { amounts } = useOps();
  return (
    <Scroller className="table-scroll" label={label}>
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
            // biome-ignore lint/suspicious/noArrayIndexKey: a row holds no state, and its place is the only name that it has
            <tr key={index}>
              {columns.map((column, at) => cellOf(row[at] ?? null, column, amounts))}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
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
