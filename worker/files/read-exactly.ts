/** A body of exactly `length` bytes; undefined for any other, whatever its header says. */
export async function readExactly(
  body: ReadableStream<Uint8Array> | null,
  length: number,
): Promise<Uint8Array | undefined> {
  const bytes = new Uint8Array(length);
  let at = 0;
  for await (const piece of body ?? []) {
    if (at + piece.byteLength > length) return undefined;
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return at === length ? bytes : undefined;
}
