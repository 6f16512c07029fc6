import { useObservable } from "../../client/react/index.ts";
import { Icon } from "../kit/icon.tsx";
import { IconButton } from "../kit/icon-button.tsx";
import { useWording } from "../text/text-context.ts";
import { sizeIn } from "./kinds.ts";
import { type StagedFile, stagedIn } from "./staged.ts";
import "../styles/files.css";

// lazy() takes a module's default.
/** What goes with the next message, to be looked at and taken out again before it goes. */
export default function StageStrip({ conversation }: { readonly conversation: string }) {
  const { say, language } = useWording();
  const value = stagedIn(conversation);
  const files = useObservable(value);
  const remove = ({ key, url }: StagedFile) => {
    if (url !== undefined) URL.revokeObjectURL(url);
    value.set(value.get().filter((one) => one.key !== key));
  };
  return (
    <ul className="staged" aria-label={say("filesToSend")}>
      {files.map((one) => (
        <li key={one.key}>
          {one.url === undefined ? <Icon name="file" /> : <img src={one.url} alt="" />}
          <span className="file-name">
            <bdi>{one.file.name}</bdi>
            <small>{sizeIn(language.id, one.file.size)}</small>
          </span>
          <IconButton
            icon="close"
            label={say("removeFile", { name: one.file.name })}
            onClick={() => remove(one)}
          />
        </li>
      ))}
    </ul>
  );
}
