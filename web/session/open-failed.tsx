import { Link } from "../route/link.tsx";
import { useSay } from "../text/text-context.ts";

/** Not signed in, or no store to keep messages in. */
export function OpenFailed({ code }: { readonly code: string }) {
  const say = useSay();
  const sentence = {
    unreachable: say("signInUnreachable"),
    "store-failed": say("openFailed"),
  }[code];
  return (
    <main className="notice">
      <p role="alert">{sentence ?? say("signInFailed", { code })}</p>
      <p>
        <button type="button" className="button" onClick={() => location.reload()}>
          {say("tryAgain")}
        </button>{" "}
        <Link to={{}}>{say("signIn")}</Link>
      </p>
    </main>
  );
}
