import type { HoldfastClient, Message } from "../../client/index.ts";
import { addressOf } from "./addresses.ts";

/** Into the person's own files, under the name that its sender gave it. */
export async function download(
  client: HoldfastClient,
  message: Message,
  name: string,
): Promise<void> {
  const link = document.createElement("a");
  link.href = await addressOf(client, message, "whole");
  link.download = name;
  link.click();
}
