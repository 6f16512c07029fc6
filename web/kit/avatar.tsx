import type { ReactNode } from "react";

const HUES = 8;

interface AvatarProps {
  readonly name: string;
  /** What the colour is made of, where names change. */
  readonly seed?: string;
  readonly small?: boolean;
  /** A picture over it. */
  readonly children?: ReactNode;
}

/** Initials on one of a few colours, always the same for the same one. */
export function Avatar({ name, seed = name, small = false, children }: AvatarProps) {
  const className = `avatar hue-${hueOf(seed)}${small ? " small" : ""}`;
  return (
    <span className={className} aria-hidden="true">
      {[...name].slice(0, 1).join("").toUpperCase()}
      {children}
    </span>
  );
}

function hueOf(seed: string): number {
  let hash = 7;
  for (const char of seed) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) % 9_973;
  return hash % HUES;
}
