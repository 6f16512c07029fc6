import { deleteDB } from "idb";

/**
 * Deletes all that this browser keeps of `user` of the server at `url`, as whichever device: messages,
 * files and what waits to be sent. For good; close this user's clients before. One that is open all
 * the same goes on from memory. A window that does not let go, as one that the browser has frozen,
 * is waited for: `onBlocked` tells so, perhaps several times. Rejects when the browser can't delete.
 */
export async function forgetUser(
  url: string,
  user: string,
  { onBlocked = () => {} }: { readonly onBlocked?: () => void } = {},
): Promise<void> {
  // As the client names what it keeps; a function for both would cost every app its bytes.
  const own = `holdfast:${url.replace(/\/+$/, "")}:${user}`;
  const names = (await indexedDB.databases()).flatMap(({ name = "" }) => name);
  // Behind the user's name, which has neither, stands which device or tab it is, or what it keeps.
  const isOwn = (name: string) => name.startsWith(own) && /^($|[ :])/.test(name.slice(own.length));
  await Promise.all(names.filter(isOwn).map((name) => deleteDB(name, { blocked: onBlocked })));
}
