import { type ReactNode, useId, useState } from "react";
import { csvOf, type Table } from "../figures/table.ts";
import { useOps } from "../text/ops-wording.tsx";
import { DataTable } from "./data-table.tsx";
import { Definition } from "./definition.tsx";
import { NothingCounted } from "./nothing-counted.tsx";
import { saveAs } from "./save-as.ts";

interface PanelProps {
  readonly title: string;
  readonly definition: string;
  readonly table: Table;
  /** Nothing to draw: the panel says what to do instead. */
  readonly empty?: boolean;
  readonly wide?: boolean;
  /** Absent: the panel is its table. */
  readonly children?: ReactNode;
}

/** A chart with its definition, the same as a table, and as a file. */
export function Panel({ title, definition, table, empty, wide, children }: PanelProps) {
  const { say } = useOps();
  const [wantsTable, setWantsTable] = useState(false);
  const heading = useId();
  const hasChart = children !== undefined;
  return (
    <section className={wide ? "panel wide" : "panel"} aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        <Definition of={title} text={definition} />
        <span className="panel-tools">
          {hasChart && !empty && (
            <button
              type="button"
              className="tool"
              aria-pressed={wantsTable}
              onClick={() => setWantsTable(!wantsTable)}
            >
              {say("showTable")}
            </button>
          )}
          {!empty && (
            <button type="button" className="tool" onClick={() => saveAs(title, csvOf(table))}>
              {say("downloadCsv")}
            </button>
          )}
        </span>
      </header>
      {empty ? (
        <NothingCounted />
      ) : hasChart && !wantsTable ? (
        children
      ) : (
        <DataTable label={title} table={table} />
      )}
    </section>
  );
}
