import { useObservable } from "../../client/react/index.ts";
import { type Theme, theme } from "../hooks/theme.ts";
import { useSay } from "../text/text-context.ts";

const THEMES = [
  ["system", "themeSystem"],
  ["light", "themeLight"],
  ["dark", "themeDark"],
] as const satisfies readonly (readonly [Theme, string])[];

export function ThemeSetting() {
  const say = useSay();
  const chosen = useObservable(theme);
  return (
    <fieldset>
      <legend>{say("theme")}</legend>
      {THEMES.map(([value, text]) => (
        <label key={value}>
          <input
            type="radio"
            name="theme"
            checked={chosen === value}
            onChange={() => theme.set(value)}
          />{" "}
          {say(text)}
        </label>
      ))}
    </fieldset>
  );
}
