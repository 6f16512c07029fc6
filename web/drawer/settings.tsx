import { LanguagePicker } from "../kit/language-picker.tsx";
import { useSay } from "../text/text-context.ts";
import { DeleteAccount } from "./delete-account.tsx";
import { PreferencesSettings } from "./preferences-settings.tsx";
import { ThemeSetting } from "./theme-setting.tsx";

export function Settings() {
  const say = useSay();
  return (
    <div className="settings">
      <div className="field">
        <span aria-hidden="true">{say("language")}</span>
        <LanguagePicker />
      </div>
      <ThemeSetting />
      <PreferencesSettings />
      <DeleteAccount />
    </div>
  );
}
