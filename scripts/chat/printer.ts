import { clearLine, cursorTo, type Interface } from "node:readline";
import type { Connection, Message } from "../../client/index.ts";

/** One line per thing that happens; in a terminal above the line that is being typed. */
export class Printer {
  private prompt: Interface | undefined;
  private readonly user: string;
  /** What was told last; before the first connection there is nothing to tell. */
  private online: boolean | undefined;

  constructor(prompt: Interface | undefined, user: string) {
    this.prompt = prompt;
    this.user = user;
  }

  line(text: string): void {
    if (this.prompt !== undefined) {
      cursorTo(process.stdout, 0);
      clearLine(process.stdout, 0);
    }
    console.log(text);
    this.prompt?.prompt(true);
  }

  /** The input has ended: nothing is typed any more. */
  finish(): void {
    this.prompt = undefined;
  }

  message({ from, content }: Message): void {
    const who = from === this.user ? `${from} (elsewhere)` : from;
    const what = describe(content);
    if (what !== undefined) this.line(`${who}: ${what}`);
  }

  connection({ online, waiting }: Connection): void {
    if (online === this.online || (!online && this.online === undefined)) return;
    if (!online) this.line(`offline: ${waiting} waiting, kept and sent later`);
    else if (this.online !== undefined) this.line("online again");
    this.online = online;
  }
}

function describe(content: Message["content"]): string | undefined {
  switch (content.kind) {
    case "text":
      return content.text;
    case "edit":
      return `(edits #${content.target}) ${content.text}`;
    case "recall":
      return `(takes #${content.target} back)`;
    case "reaction":
      return `(${content.on ? "reacts" : "no longer reacts"} to #${content.target}) ${content.emoji}`;
    case "custom":
      return `(content of type ${content.type})`;
    case "withheld":
    case "placeholder":
      return "(a message that can't be shown here)";
    default:
      return undefined;
  }
}
