import { useNow } from "../hooks/use-now.ts";
import { useWording } from "../text/text-context.ts";

interface FloatingDayProps {
  readonly at: number | undefined;
  readonly shown: boolean;
}

/** The day of what is in view, while scrolling. A reader has it in the list. */
export function FloatingDay({ at, shown }: FloatingDayProps) {
  const { formats } = useWording();
  const now = useNow(undefined);
  if (at === undefined) return null;
  return (
    <div className="day floating" data-shown={shown} aria-hidden="true">
      <span>{formats.day(at, now)}</span>
    </div>
  );
}
