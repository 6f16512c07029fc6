import { LANGUAGES } from "../text/languages.ts";
import { useWording } from "../text/text-context.ts";

export function LanguagePicker() {
  const { say, language, choose } = useWording();
  const onChoose = (id: string) => {
    const chosen = LANGUAGES.find((one) => one.id === id);
    if (chosen !== undefined) choose(chosen);
  };
  return (
    <select
      className="language"
      aria-label={say("language")}
      value={language.id}
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      {LANGUAGES.map(({ id, name }) => (
        <option key={id} value={id} lang={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
