const HUES = 8;

/** Initials on one of a few colours, always the same for the same name. */
export function Avatar({
  name,
  small = false,
}: {
  readonly name: string;
  readonly small?: boolean;
}) {
  const className = `avatar hue-${hueOf(name)}${small ? " small" : ""}`;
  return (
    <span className={className} aria-hidden="true">
      {[...name].slice(0, 1).join("").toUpperCase()}
    </span>
  );
}

function hueOf(name: string): number {
  let hash = 7;
  for (const char of name) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 9_973;
  return hash % HUES;
}
