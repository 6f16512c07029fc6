import { parseArgs } from "node:util";
import { isUserId } from "../../client/index.ts";
import { Exit } from "./exit.ts";

export interface ChatArguments {
  readonly user: string;
  readonly peer: string;
  readonly url: string;
  /** Where the store is kept, and its name there. */
  readonly directory: string;
  readonly store: string;
  /** How long to wait for the server after the end of piped input, in ms. */
  readonly waitMs: number;
}

const USAGE = `Usage: npm run chat -- ME OTHER [--url http://localhost:8787] [--device NAME] [--wait 30]
  Talks with OTHER as ME. Piped lines are sent one by one; after the last one it waits up to
  --wait seconds and ends with 0 (all accepted), 3 (something was refused) or 4 (some still wait:
  they are kept, and go out when it is started again). --device NAME is a further device of ME.`;

const DEFAULT_URL = "http://localhost:8787";
const DEVICE = /^[A-Za-z0-9-]{1,32}$/;

export function readArguments(args: readonly string[]): ChatArguments {
  const { values, positionals } = parse(args);
  const [user = "", peer = "", ...rest] = positionals;
  if (rest.length > 0 || !isUserId(user) || !isUserId(peer)) refuse("Two names are needed.");
  const { device } = values;
  if (device !== undefined && !DEVICE.test(device)) refuse("--device takes letters and digits.");
  const waitMs = Number(values.wait) * 1_000;
  if (!(waitMs >= 0)) refuse("--wait takes a number of seconds.");
  const url = values.url.replace(/\/+$/, "");
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) refuse("--url takes an http address.");
  const store = ["chat", user, ...(device === undefined ? [] : [device]), ...placeOf(url)].join(
    "-",
  );
  return { user, peer, url, directory: values["persist-to"], store, waitMs };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        url: { type: "string", default: DEFAULT_URL },
        device: { type: "string" },
        wait: { type: "string", default: "30" },
        "persist-to": { type: "string", default: ".holdfast" },
      },
    });
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

/** A device belongs to one server: another one's counters and cursors mean nothing there. */
function placeOf(url: string): readonly string[] {
  return url === DEFAULT_URL ? [] : [new URL(url).host.replace(":", "_")];
}

function refuse(why: string): never {
  throw new Exit(2, `${why}\n${USAGE}`);
}
