import type { Place } from "../place/place.ts";
import { PlaceLink } from "../place/place-link.tsx";

interface FigureCardProps {
  readonly label: string;
  readonly value: string;
  readonly hint: string;
  readonly to: Place;
  /** Beyond its limit; said in words elsewhere on the page. */
  readonly bad?: boolean;
}

export function FigureCard({ label, value, hint, to, bad }: FigureCardProps) {
  return (
    <PlaceLink to={to} className={bad ? "figure bad" : "figure"}>
      <span className="figure-label">{label}</span>
      <span className="figure-value">{value}</span>
      <span className="hint">{hint}</span>
    </PlaceLink>
  );
}
