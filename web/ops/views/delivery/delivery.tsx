import { useCounted } from "../../kit/stats-context.ts";
import { ArrivalPanels } from "./arrival-panel.tsx";
import { CompensationPanels } from "./compensation-panels.tsx";
import { DownlinkPanel } from "./downlink-panel.tsx";
import { HandOffPanels } from "./hand-off-panels.tsx";
import { OutcomeTotals } from "./outcome-totals.tsx";
import { SendingPanel } from "./sending-panel.tsx";
import { WhyLatePanel } from "./why-late-panel.tsx";

export default function Delivery() {
  const { steps } = useCounted();
  return (
    <>
      <DownlinkPanel steps={steps} />
      <CompensationPanels steps={steps} />
      <OutcomeTotals steps={steps} />
      <WhyLatePanel steps={steps} />
      <ArrivalPanels steps={steps} />
      <SendingPanel steps={steps} />
      <HandOffPanels steps={steps} />
    </>
  );
}
