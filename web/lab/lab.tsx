import { useConnection, useObservable } from "../../client/react/index.ts";
import { Icon } from "../kit/icon.tsx";
import { useSay } from "../text/text-context.ts";
import { Actions } from "./actions.tsx";
import { FAIR, type Faults } from "./faults.ts";
import { Figures } from "./figures.tsx";
import { LogView } from "./log-view.tsx";
import { Switch } from "./switch.tsx";
import "../styles/lab.css";

/** Breaks this window's network, and shows what the SDK does about it. */
// lazy() takes a module's default.
export default function Lab({ faults }: { readonly faults: Faults }) {
  const say = useSay();
  const conditions = useObservable(faults.conditions);
  const { leader } = useConnection();
  const broken = conditions !== FAIR && Object.values(conditions).some(Boolean);
  return (
    <section className="lab" aria-labelledby="lab-title" data-broken={broken}>
      <header>
        <h2 id="lab-title">
          <Icon name="lab" /> {say("lab")}
        </h2>
        <p className="hint">{say(leader ? "labHint" : "labUnavailable")}</p>
      </header>
      <fieldset className="switches" aria-label={say("labConditions")}>
        <Switch on={conditions.cut} onChange={(cut) => faults.set({ cut })}>
          {say("labCut")}
        </Switch>
        <Switch on={conditions.slow} onChange={(slow) => faults.set({ slow })}>
          {say("labDelay")}
        </Switch>
        <Switch on={conditions.loseAcks} onChange={(loseAcks) => faults.set({ loseAcks })}>
          {say("labAcks")}
        </Switch>
        <Switch on={conditions.loseAnswers} onChange={(loseAnswers) => faults.set({ loseAnswers })}>
          {say("labAnswers")}
        </Switch>
      </fieldset>
      <Actions faults={faults} broken={broken} />
      <Figures faults={faults} />
      <LogView log={faults.log} />
    </section>
  );
}
