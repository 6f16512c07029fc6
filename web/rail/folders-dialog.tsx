import { type FormEvent, useEffect, useRef, useState } from "react";
import type { Conversation, Folder } from "../../client/index.ts";
import { useFolders } from "../../client/react/index.ts";
import { IconButton } from "../kit/icon-button.tsx";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";

const ID_LENGTH = 12;

interface FoldersDialogProps {
  readonly conversation: Conversation;
  readonly onClose: () => void;
}

/** Which of one's own folders a conversation is in; made and taken away here too. */
export function FoldersDialog({ conversation, onClose }: FoldersDialogProps) {
  const say = useSay();
  const { client } = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  const [name, setName] = useState("");
  const folders = useFolders();
  const { id, folders: own } = conversation;
  useEffect(() => dialog.current?.showModal(), []);

  // Kept at once, and told to the server until it is so.
  const keep = (done: Promise<void>) => void done.catch(() => undefined);
  const file = (folder: string, on: boolean) =>
    keep(client.fileInto(id, on ? [...own, folder] : own.filter((one) => one !== folder)));
  const remove = (folder: Folder) =>
    keep(client.setFolders(folders.filter((one) => one !== folder)));
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return;
    const folder = {
      id: crypto.randomUUID().replaceAll("-", "").slice(0, ID_LENGTH),
      name: name.trim(),
    };
    setName("");
    keep(client.setFolders([...folders, folder]).then(() => file(folder.id, true)));
  };
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="folders-title" onClose={onClose}>
      <header>
        <h2 id="folders-title">{say("folders")}</h2>
        <IconButton icon="close" label={say("close")} onClick={() => dialog.current?.close()} />
      </header>
      <ul className="choices">
        {folders.map((folder) => (
          <li key={folder.id} className="row">
            <label>
              <input
                type="checkbox"
                checked={own.includes(folder.id)}
                onChange={(event) => file(folder.id, event.currentTarget.checked)}
              />{" "}
              <bdi>{folder.name}</bdi>
            </label>
            <IconButton
              icon="trash"
              label={say("removeFolder", { name: folder.name })}
              onClick={() => remove(folder)}
            />
          </li>
        ))}
      </ul>
      <form className="row" onSubmit={add}>
        <input
          value={name}
          aria-label={say("newFolder")}
          placeholder={say("newFolder")}
          maxLength={60}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <button type="submit" className="button">
          {say("add")}
        </button>
      </form>
    </dialog>
  );
}
