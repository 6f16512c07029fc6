import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { formatPlace, type Place } from "./place.ts";
import { usePlace } from "./use-place.ts";

type PlaceLinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href"> & {
  readonly to: Place;
};

/** A real link, so that it opens in a new tab or window too. */
export function PlaceLink({ to, children, ...rest }: PlaceLinkProps) {
  const { go } = usePlace();
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a {...rest} href={formatPlace(to)} onClick={follow}>
      {children}
    </a>
  );
}
