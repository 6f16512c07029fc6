import { useEffect } from "react";
import { useTheme } from "../hooks/use-theme.ts";
import { Announcer } from "../kit/announcer.tsx";
import { WordingProvider } from "../text/text-context.ts";
import { useLoadedWording } from "../text/use-loaded-wording.ts";
import { Frame } from "./frame.tsx";
import { PlaceProvider, usePlaceInAddress } from "./place/use-place.ts";
import { OperatorGate } from "./session/operator-gate.tsx";
import { OpsWordingProvider, useOps } from "./text/ops-wording.tsx";
import "./console.css";
import "./chart/chart.css";
import "./kit/tables.css";

/** The operator's console: a page of its own beside the chat, served at `/ops`. */
export function Console() {
  const navigation = usePlaceInAddress();
  const wording = useLoadedWording();
  useTheme();
  if (wording === undefined) return null;
  return (
    <WordingProvider value={wording}>
      <OpsWordingProvider>
        <PlaceProvider value={navigation}>
          <Announcer>
            <Title />
            <OperatorGate>
              <Frame />
            </OperatorGate>
          </Announcer>
        </PlaceProvider>
      </OpsWordingProvider>
    </WordingProvider>
  );
}

function Title() {
  const { say } = useOps();
  useEffect(() => {
    document.title = say("title");
  }, [say]);
  return null;
}
