/** What a frame is, as far as the lab shows it: its kind, and how many messages it carries. */
export interface FrameKind {
  readonly t: string;
  readonly count: number;
}

export function frameKindOf(text: string): FrameKind {
  const frame = parse(text);
  const { t, items, entries, results } = frame;
  const list = [items, entries, results].find(Array.isArray);
  return { t: typeof t === "string" ? t : "?", count: list?.length ?? 0 };
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
