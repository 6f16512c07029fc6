/** One part of a file, as a request asks for it (RFC 9110, 14.1.2). */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

export type WantedRange = { readonly kind: "all" } | ({ readonly kind: "part" } & ByteRange);

const ALL: WantedRange = { kind: "all" };

/**
 * What a `Range` header wants of `size` bytes; undefined: nothing that exists. Several ranges at
 * once, other units and nonsense are answered with everything, as the standard allows.
 */
export function wantedRange(header: string | undefined, size: number): WantedRange | undefined {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "");
  if (found === null) return ALL;
  const [, first = "", last = ""] = found;
  if (first === "") return last === "" ? ALL : suffix(Number(last), size);
  const offset = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < offset) return ALL;
  return offset >= size ? undefined : { kind: "part", offset, length: end - offset + 1 };
}

function suffix(wanted: number, size: number): WantedRange | undefined {
  const length = Math.min(wanted, size);
  return length === 0 ? undefined : { kind: "part", offset: size - length, length };
}
