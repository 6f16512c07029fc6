import { useEffect, useState } from "react";
import type { HoldfastClient, PictureOwner } from "../../client/index.ts";
import { useSession } from "../session/session-context.ts";

interface PortraitProps {
  readonly owner: PictureOwner;
  /** Its reference: another one is another picture. */
  readonly picture: string;
}

/** Addresses of bytes that are in this page's memory, by reference. */
const known = new Map<string, Promise<string>>();

// lazy() takes a module's default.
/** A picture over the initial, which stays where there is none to be had. */
export default function Portrait({ owner, picture }: PortraitProps) {
  const { client } = useSession();
  const [url, setUrl] = useState<string>();
  const [kind, name] = "user" in owner ? ["user", owner.user] : ["group", owner.conversation];
  useEffect(() => {
    let isCurrent = true;
    const whose: PictureOwner = kind === "user" ? { user: name } : { conversation: name };
    addressOf(client, whose, `${name} ${picture}`).then(
      (address) => isCurrent && setUrl(address),
      () => isCurrent && setUrl(undefined),
    );
    return () => {
      isCurrent = false;
    };
  }, [client, kind, name, picture]);
  return url === undefined ? null : <img src={url} alt="" draggable={false} />;
}

function addressOf(client: HoldfastClient, owner: PictureOwner, key: string): Promise<string> {
  const here = known.get(key);
  if (here !== undefined) return here;
  const address = client.openPicture(owner).then((blob) => URL.createObjectURL(blob));
  known.set(key, address);
  // Without the server it is asked for when it is shown again.
  address.catch(() => known.delete(key));
  return address;
}
