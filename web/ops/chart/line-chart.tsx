import { lazy, Suspense, useState } from "react";
import type { Values } from "../figures/stack.ts";
import type { ColumnKind } from "../figures/table.ts";
import { useDeploys } from "../kit/stats-context.ts";
import { useOps } from "../text/ops-wording.tsx";
import { loadPlot } from "./load-plot.ts";
import { useScheme } from "./palette.ts";

const TimePlot = lazy(loadPlot);

export interface Line {
  readonly label: string;
  readonly values: Values;
  /** Which of the palette's colours. */
  readonly color: number;
}

export interface Mark {
  readonly value: number;
  readonly label: string;
}

export interface TimeChartProps {
  /** What it shows, for who can't see it; the panel's table says the rest. */
  readonly label: string;
  /** Starts of the steps, ms since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly Line[];
  readonly kind: ColumnKind;
  /** Layers that add up instead of lines. */
  readonly stacked?: boolean;
  /** Ends of the axis; by default from 0 to what fits the values. */
  readonly min?: number;
  readonly max?: number;
  readonly mark?: Mark;
}

/** Lines or layers over time, with a legend that tells the values under the pointer. */
export function LineChart(props: TimeChartProps) {
  const { say, amounts } = useOps();
  const [index, setIndex] = useState<number>();
  const deploys = useDeploys();
  // A canvas keeps the colours that it was drawn with.
  const scheme = useScheme();
  const { lines, times, kind } = props;
  const at = index === undefined ? undefined : times[index];
  return (
    <figure className="chart">
      <div className="plot">
        <Suspense fallback={null}>
          <TimePlot key={scheme} {...props} deploys={deploys} onPoint={setIndex} />
        </Suspense>
      </div>
      <figcaption className="legend">
        {lines.map(({ label, color, values }) => (
          <span key={label} className="legend-item">
            <span className={`swatch color-${color}`} />
            {label}
            {index !== undefined && typeof values[index] === "number" && (
              <b>{amounts.cell(kind, values[index])}</b>
            )}
          </span>
        ))}
        {deploys.length > 0 && (
          <span className="legend-item hint">
            {say("deploys", { list: deploys.map(({ version }) => version).join(", ") })}
          </span>
        )}
        {at !== undefined && <span className="legend-item hint">{amounts.moment(at)}</span>}
      </figcaption>
    </figure>
  );
}
