import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { Deploy } from "../figures/deploys.ts";
import { stacked } from "../figures/stack.ts";
import type { Amounts } from "../text/amounts.ts";
import { useOps } from "../text/ops-wording.tsx";
import type { Line, Mark, TimeChartProps } from "./line-chart.tsx";
import { type Palette, paletteOf } from "./palette.ts";

interface TimePlotProps extends TimeChartProps {
  readonly deploys: readonly Deploy[];
  readonly onPoint: (index: number | undefined) => void;
}

const HEIGHT_PX = 208;
/** Between two ticks of time: clocks here show no seconds. */
const MINUTES = [1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1_440, 2_880, 10_080];

/** A canvas drawn by uPlot, anew when its width or what it shows has changed. */
export default function TimePlot(props: TimePlotProps) {
  const { amounts } = useOps();
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const shape = shapeOf(props);
  const latest = useRef(props);
  latest.current = props;

  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const made = new uPlot(
      optionsOf(
        JSON.parse(shape) as Shape,
        element.clientWidth,
        paletteOf(element),
        amounts,
        (at) => latest.current.onPoint(at),
      ),
      dataOf(latest.current),
      element,
    );
    plot.current = made;
    const resized = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height: HEIGHT_PX });
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape, amounts]);

  const { times, lines, stacked: isStacked = false } = props;
  useEffect(() => {
    plot.current?.setData(dataOf({ times, lines, stacked: isStacked }));
  }, [times, lines, isStacked]);

  return <div ref={host} className="plot-host" role="img" aria-label={props.label} />;
}

/** What can't change without a new plot. */
type Shape = Pick<TimePlotProps, "kind" | "stacked" | "min" | "max" | "mark" | "deploys"> & {
  readonly lines: readonly Pick<Line, "label" | "color">[];
};

/** As a text, which is the same for as long as the shape is. */
function shapeOf({ lines, kind, stacked: isStacked, min, max, mark, deploys }: TimePlotProps) {
  const drawn = lines.map(({ label, color }) => ({ label, color }));
  return JSON.stringify({ lines: drawn, kind, stacked: isStacked, min, max, mark, deploys });
}

/** Layers are drawn from the topmost down, so that each lower one covers the one above it. */
function dataOf({
  times,
  lines,
  stacked: isStacked,
}: Pick<TimePlotProps, "times" | "lines" | "stacked">): uPlot.AlignedData {
  const values = lines.map((line) => line.values);
  const drawn = isStacked ? [...stacked(values)].reverse() : values;
  return [times.map((at) => at / 1_000), ...drawn.map((line) => [...line])];
}

function optionsOf(
  { lines, kind, stacked: isStacked, min, max, mark, deploys }: Shape,
  width: number,
  palette: Palette,
  amounts: Amounts,
  onPoint: (index: number | undefined) => void,
): uPlot.Options {
  const drawn = isStacked ? [...lines].reverse() : lines;
  const axis = {
    stroke: palette.muted,
    grid: { stroke: palette.line, width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: HEIGHT_PX,
    // The last time's text is wider than its half of a step.
    padding: [8, 28, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: {
      x: { time: true },
      y: {
        range: (_, __, highest) => [min ?? 0, max ?? Math.max(highest * 1.05, smallestTop(kind))],
      },
    },
    axes: [
      {
        ...axis,
        // Below the lowest value's text, which reaches under the line.
        size: 34,
        gap: 11,
        incrs: MINUTES.map((minutes) => minutes * 60),
        values: (_, ticks) => ticks.map((tick) => amounts.clock(tick * 1_000)),
        space: 72,
      },
      {
        ...axis,
        size: 64,
        incrs: incrementsOf(kind),
        values: (_, ticks) => ticks.map((tick) => amounts.cell(kind, tick)),
      },
    ],
    series: [{}, ...drawn.map((line) => seriesOf(line, palette, isStacked === true))],
    hooks: {
      setCursor: [({ cursor }) => onPoint(cursor.idx ?? undefined)],
      draw: [
        (plot) => drawDeploys(plot, deploys, palette),
        (plot) => mark !== undefined && drawMark(plot, mark, palette),
      ],
    },
  };
}

const DECIMALS = Array.from({ length: 13 }, (_, power) => [1, 2, 5].map((n) => n * 10 ** power));
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Distances between ticks that read well: whole things, and times as clocks have them. */
function incrementsOf(kind: TimePlotProps["kind"]): number[] {
  if (kind === "share") return [0.01, 0.02, 0.05, 0.1, 0.25, 0.5];
  if (kind !== "ms") return DECIMALS.flat();
  return [
    ...DECIMALS.slice(0, 3).flat(),
    ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
    ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
    ...[1, 2, 6, 12].map((hours) => hours * HOUR_MS),
    ...[1, 2, 5, 10, 30].map((days) => days * DAY_MS),
  ];
}

function smallestTop(kind: TimePlotProps["kind"]): number {
  return kind === "ms" ? 10 : 1;
}

function seriesOf(
  { label, color }: Shape["lines"][number],
  palette: Palette,
  isLayer: boolean,
): uPlot.Series {
  const stroke = palette.series[color] ?? palette.muted;
  return {
    label,
    stroke,
    width: isLayer ? 1 : 2,
    points: { show: !isLayer, size: 5, filter: lonely },
    ...(isLayer && { fill: stroke }),
  };
}

/** A value without neighbours makes no line: it is shown as a point. */
const lonely: uPlot.Series.Points.Filter = (plot, index) => {
  const values = [...(plot.data[index] ?? [])];
  const has = (at: number) => typeof values[at] === "number";
  return values.flatMap((_, at) => (has(at) && !has(at - 1) && !has(at + 1) ? [at] : []));
};

/** A line where another version of the Worker began. */
function drawDeploys(
  { ctx, bbox, valToPos }: uPlot,
  deploys: readonly Deploy[],
  palette: Palette,
): void {
  ctx.save();
  ctx.strokeStyle = palette.muted;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const { at } of deploys) {
    const x = Math.round(valToPos(at / 1_000, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

function drawMark({ ctx, bbox, valToPos }: uPlot, mark: Mark, palette: Palette): void {
  const y = Math.round(valToPos(mark.value, "y", true));
  const text = devicePixelRatio * 11;
  ctx.save();
  ctx.strokeStyle = palette.text;
  ctx.fillStyle = palette.text;
  ctx.setLineDash([4, 4]);
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.font = `600 ${text}px system-ui, sans-serif`;
  ctx.textAlign = "right";
  ctx.fillText(mark.label, bbox.left + bbox.width - 4, y + text + 3);
  ctx.restore();
}
