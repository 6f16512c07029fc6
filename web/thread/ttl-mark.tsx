import { Icon } from "../kit/icon.tsx";
import { useWording } from "../text/text-context.ts";
import { lifetimeText } from "./lifetime.ts";

// lazy() takes a module's default.
/** That what is written here does not stay. */
export default function TtlMark({ seconds }: { readonly seconds: number }) {
  const { say, language } = useWording();
  const text = say("lifetimeIs", { time: lifetimeText(seconds, language) });
  return (
    <p className="ttl" title={text}>
      <Icon name="timer" />
      <span>{lifetimeText(seconds, language)}</span>
      <span className="hidden">{text}</span>
    </p>
  );
}
