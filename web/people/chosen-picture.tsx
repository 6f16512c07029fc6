import { useEffect, useState } from "react";

/** A picture that was chosen and is nowhere but here, over the initial of an avatar. */
export function ChosenPicture({ picture }: { readonly picture: Blob }) {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    const address = URL.createObjectURL(picture);
    setUrl(address);
    return () => URL.revokeObjectURL(address);
  }, [picture]);
  return url === undefined ? null : <img src={url} alt="" draggable={false} />;
}
