import { useNow } from "../hooks/use-now.ts";
import { useWording } from "../text/text-context.ts";

const HOUR_MS = 3_600_000;

export function DayRow({ at }: { readonly at: number }) {
  const { formats } = useWording();
  const now = useNow(HOUR_MS);
  return (
    <div className="day">
      <span>{formats.day(at, now)}</span>
    </div>
  );
}
