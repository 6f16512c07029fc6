import type { GroupPlace } from "../../client/index.ts";
import { useWording } from "../text/text-context.ts";

// lazy() takes a module's default.
/** In the composer's place: why nothing can be written here. */
export default function ReadOnly({ group }: { readonly group: GroupPlace | undefined }) {
  const { say, formats } = useWording();
  if (group === undefined) return null;
  const { state, silencedUntil = 0 } = group;
  const reason =
    state !== "member"
      ? say(`place_${state}`)
      : silencedUntil > Date.now()
        ? say("silencedUntil", { time: formats.time(silencedUntil) })
        : say("adminsWrite");
  return (
    <p className="read-only" role="status">
      {reason}
    </p>
  );
}
