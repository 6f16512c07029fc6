import { type ReactNode, useRef, useState } from "react";
import { useSay } from "../text/text-context.ts";
import { squarePicture } from "./square-picture.ts";
import "../styles/people.css";

interface PictureFieldProps {
  /** What is shown now, as an avatar. */
  readonly children: ReactNode;
  readonly hasPicture: boolean;
  /** A square picture, or none any more. What rejects is told as refused. */
  onChosen(picture: Blob | undefined): Promise<void> | void;
}

/** Chooses what stands for somebody or something. */
export function PictureField({ children, hasPicture, onChosen }: PictureFieldProps) {
  const say = useSay();
  const picker = useRef<HTMLInputElement>(null);
  const [told, setTold] = useState("");
  const choose = async (file: File | undefined) => {
    if (file === undefined) return;
    setTold(say("uploading"));
    try {
      await onChosen(await squarePicture(file));
      setTold("");
    } catch {
      setTold(say("pictureRefused"));
    }
  };
  return (
    <div className="portrait">
      {children}
      <p>
        <button type="button" className="link" onClick={() => picker.current?.click()}>
          {say("choosePicture")}
        </button>
        {hasPicture && (
          <button type="button" className="link" onClick={() => void onChosen(undefined)}>
            {say("removePicture")}
          </button>
        )}
        <span role="status">{told}</span>
      </p>
      <input
        ref={picker}
        type="file"
        accept="image/*"
        hidden
        aria-label={say("choosePicture")}
        onChange={({ currentTarget }) => {
          void choose(currentTarget.files?.[0]);
          currentTarget.value = "";
        }}
      />
    </div>
  );
}
