/** Statistics in the text format that Prometheus scrapes. */
import { countAtMost, type Histogram } from "../protocol/histogram.ts";
import { COUNTERS, HISTOGRAMS, type Metric, parseSeries } from "../protocol/metrics.ts";
import type { StatsBatch } from "./core/stats.ts";

export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Every scrape shows the same bounds: 1, 2, 4 … 2^31 (25 days in ms). */
const EXPONENTS = Array.from({ length: 32 }, (_, exponent) => exponent);

/** `total`: everything since the beginning, since counters must not go back between two scrapes. */
export function prometheusText(total: StatsBatch): string {
  const lines = [
    ...family(COUNTERS, "counter", "_total", total.counters, (name, labels, value) => [
      `${name}${braces(labels)} ${value}`,
    ]),
    ...family(HISTOGRAMS, "histogram", "", total.histograms, histogramLines),
  ];
  return `${lines.join("\n")}\n`;
}

function family<Value>(
  metrics: Readonly<Record<string, Metric>>,
  type: string,
  suffix: string,
  values: Readonly<Record<string, Value>>,
  linesOf: (name: string, labels: readonly string[], value: Value) => string[],
): string[] {
  return Object.entries(metrics).flatMap(([metric, { help, labels }]) => {
    const name = `holdfast_${metric}${suffix}`;
    const series = Object.entries(values)
      .map(([key, value]) => ({ ...parseSeries(key), value }))
      .filter((entry) => entry.name === metric)
      .flatMap(({ labels: given, value }) => linesOf(name, pairs(labels, given), value));
    return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...series];
  });
}

function histogramLines(name: string, labels: readonly string[], histogram: Histogram): string[] {
  const buckets = EXPONENTS.map((exponent) => {
    const le = [...labels, `le="${2 ** exponent}"`];
    return `${name}_bucket${braces(le)} ${countAtMost(histogram, exponent)}`;
  });
  return [
    ...buckets,
    `${name}_bucket${braces([...labels, 'le="+Inf"'])} ${histogram.count}`,
    `${name}_sum${braces(labels)} ${histogram.sum}`,
    `${name}_count${braces(labels)} ${histogram.count}`,
  ];
}

function pairs(names: readonly string[], values: readonly string[]): string[] {
  return names.map((name, index) => `${name}="${values[index] ?? ""}"`);
}

function braces(labels: readonly string[]): string {
  return labels.length === 0 ? "" : `{${labels.join(",")}}`;
}
