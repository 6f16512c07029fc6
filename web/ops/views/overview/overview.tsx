import { useCounted } from "../../kit/stats-context.ts";
import { DownlinkPanel } from "../delivery/downlink-panel.tsx";
import { Breaches } from "./breaches.tsx";
import { KeyFigures } from "./key-figures.tsx";
import { OutcomePanel } from "./outcome-panel.tsx";

export default function Overview() {
  const counted = useCounted();
  return (
    <>
      <KeyFigures {...counted} />
      <Breaches buckets={counted.buckets} />
      <OutcomePanel steps={counted.steps} />
      <DownlinkPanel steps={counted.steps} />
    </>
  );
}
