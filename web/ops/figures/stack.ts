/** One value per time; null is a gap. */
export type Values = readonly (number | null)[];

/**
 * Layers put upon each other, the lowest first: each holds the sum of itself and all below it. Where
 * one has a gap, those above have it too.
 */
export function stacked(layers: readonly Values[]): readonly Values[] {
  const result: Values[] = [];
  for (const layer of layers) {
    const below = result.at(-1);
    result.push(
      layer.map((value, index) => {
        const base = below === undefined ? 0 : (below[index] ?? null);
        return value === null || base === null ? null : base + value;
      }),
    );
  }
  return result;
}
