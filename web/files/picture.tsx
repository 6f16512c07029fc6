import type { Message } from "../../client/index.ts";
import { useSay } from "../text/text-context.ts";
import type { FileBody } from "./kinds.ts";
import { useAddress } from "./use-address.ts";

interface PictureProps {
  readonly message: Message;
  readonly content: FileBody;
  readonly onOpen: () => void;
}

const WIDEST_REM = 20;
const TALLEST_REM = 18;
/** A small picture is not blown up. */
const REM_PER_PIXEL = 1 / 16;

/** Its place is as large before it is there as afterwards: nothing moves. */
export function Picture({ message, content, onOpen }: PictureProps) {
  const say = useSay();
  const { url, isLost, retry } = useAddress(message, "small");
  const { width = 4, height = 3, name } = content;
  const scale = Math.min(REM_PER_PIXEL, WIDEST_REM / width, TALLEST_REM / height);
  const inlineSize = `${Math.max(3, width * scale)}rem`;
  const style = { inlineSize, aspectRatio: `${width} / ${height}` };
  if (isLost) {
    return (
      <button type="button" className="picture lost" style={style} onClick={retry}>
        {say("pictureLost")} <span className="link">{say("tryAgain")}</span>
      </button>
    );
  }
  return (
    <button
      type="button"
      className="picture"
      style={style}
      aria-label={say("openPicture", { name })}
      aria-busy={url === undefined}
      onClick={onOpen}
    >
      {url !== undefined && <img src={url} alt={name} />}
    </button>
  );
}
