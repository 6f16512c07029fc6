import type { ColumnKind } from "../figures/table.ts";
import { useOps } from "../text/ops-wording.tsx";

export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly color: number;
  /** A part of the value, drawn over it, e.g. what of it was acked. */
  readonly part?: number;
  readonly partLabel?: string;
}

interface BarsProps {
  readonly bars: readonly Bar[];
  readonly kind: ColumnKind;
}

export function Bars({ bars, kind }: BarsProps) {
  const { amounts } = useOps();
  const longest = Math.max(1e-9, ...bars.map(({ value }) => value));
  const percent = (value: number) => `${(100 * value) / longest}%`;
  return (
    <ul className="bars">
      {bars.map(({ label, value, color, part, partLabel }) => (
        <li key={label}>
          <span className="bar-label">{label}</span>
          <span className="bar-value">
            {amounts.cell(kind, value)}
            {partLabel !== undefined && <span className="hint"> {partLabel}</span>}
          </span>
          <span className="bar-track">
            <span
              className={part === undefined ? `bar color-${color}` : `bar faint color-${color}`}
              style={{ inlineSize: percent(value) }}
            />
            {part !== undefined && (
              <span className={`bar over color-${color}`} style={{ inlineSize: percent(part) }} />
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
