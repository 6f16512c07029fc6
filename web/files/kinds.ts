import type { Message } from "../../client/index.ts";

export type FileBody = Extract<Message["content"], { readonly kind: "file" }>;

const PICTURES: ReadonlySet<string> = new Set([
  "image/png",
  "image/jpeg",
  "image/gif",
  "image/webp",
]);

/** Until it is uploaded the type is the sender's word, and only the sender sees it. */
export function isPicture({ type }: FileBody): boolean {
  return PICTURES.has(type);
}

/** `12 kB`, in the language's own way. */
export function sizeIn(language: string, bytes: number): string {
  const step = bytes < 1_000 ? 0 : bytes < 1_000_000 ? 1 : 2;
  const unit = ["byte", "kilobyte", "megabyte"][step] ?? "byte";
  const format = new Intl.NumberFormat(language, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: step === 2 ? 1 : 0,
  });
  return format.format(bytes / 1_000 ** step);
}
