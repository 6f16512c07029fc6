/** A planted bug: one place of the production code, rewritten while it is loaded. */
export interface Mutant {
  readonly name: string;
  /** From the root of the project. */
  readonly file: string;
  /** Stands exactly once in the file. */
  readonly original: string;
  readonly replacement: string;
}

/** Throws when the code has moved on: a mutant that changes nothing would count as survived. */
export function mutated({ name, file, original, replacement }: Mutant, source: string): string {
  const parts = source.split(original);
  if (parts.length !== 2) {
    throw new Error(`mutant “${name}”: found ${parts.length - 1} times in ${file}: ${original}`);
  }
  return parts.join(replacement);
}
