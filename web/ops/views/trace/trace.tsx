import { usePlace } from "../../place/use-place.ts";
import { Finder } from "./finder.tsx";
import { MessageForm } from "./message-form.tsx";
import { Story } from "./story.tsx";

export default function TraceView() {
  const { place } = usePlace();
  return (
    <>
      <div className="panel wide lookups">
        <MessageForm key={place.message} />
        <Finder key={`${place.user} ${place.at}`} />
      </div>
      {place.message !== undefined && <Story key={place.message} id={place.message} />}
    </>
  );
}
