/** React bindings: the client's observables as hooks. For react >= 18 and preact/compat. */
import {
  createContext,
  createElement,
  type ReactNode,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";
import type { HoldfastClient } from "../holdfast-client.ts";
import type { MessageInfo } from "../info-model.ts";
import type {
  Connection,
  Conversation,
  Folder,
  MessageList,
  Observable,
  Presence,
} from "../model.ts";

type Client = Pick<HoldfastClient, keyof HoldfastClient>;

const ClientContext = createContext<Client | undefined>(undefined);

/** Lends `client` to the hooks below it. It neither connects nor closes it: the app does. */
export function ChatProvider(props: { readonly client: Client; readonly children?: ReactNode }) {
  return createElement(ClientContext.Provider, { value: props.client }, props.children);
}

export function useClient(): Client {
  const client = useContext(ClientContext);
  if (client === undefined) throw new Error("a hook of holdfast/react outside of <ChatProvider>");
  return client;
}

export function useObservable<Value>(observable: Observable<Value>): Value {
  return useSyncExternalStore(observable.subscribe, observable.get, observable.get);
}

export function useConnection(): Connection {
  return useObservable(useClient().connection);
}

/** Newest first. */
export function useConversations(): readonly Conversation[] {
  return useObservable(useClient().conversations);
}

export function useConversation(id: string): Conversation | undefined {
  return useConversations().find((conversation) => conversation.id === id);
}

/** The loaded end of a conversation; `history` of the client loads more. */
export function useMessages(conversation: string): MessageList {
  return useObservable(useClient().messages(conversation));
}

/** What was begun in the conversation, and the function that keeps it while somebody writes. */
export function useDraft(conversation: string) {
  const client = useClient();
  const { text = "", replyTo } = useConversation(conversation)?.draft ?? {};
  const save = (...args: TailOf<Client["saveDraft"]>) => client.saveDraft(conversation, ...args);
  return { text, replyTo, save };
}

/** This user's folders, in their order. */
export function useFolders(): readonly Folder[] {
  return useObservable(useClient().folders);
}

/** A function that sends to the conversation and returns the handle. */
export function useSend(conversation: string) {
  const client = useClient();
  return (...args: TailOf<Client["send"]>) => client.send(conversation, ...args);
}

type TailOf<Call> = Call extends (first: string, ...rest: infer Rest) => unknown ? Rest : never;

/** Whether `user` is there: looks at them for as long as it is mounted. */
export function usePresence(user: string): Presence | undefined {
  const client = useClient();
  useEffect(() => client.watchPresence([user]), [client, user]);
  return useObservable(client.presence(user));
}

/** Who types in a conversation now: looks at it for as long as it is mounted. */
export function useTyping(conversation: string): readonly string[] {
  const client = useClient();
  useEffect(() => client.watchTyping(conversation), [client, conversation]);
  return useObservable(client.typists(conversation));
}

/**
 * The story of one's own message, asked for anew every `everyMs` while it is mounted; undefined
 * until it is known, and for messages of others.
 */
export function useMessageInfo(id: string, everyMs = 2_000): MessageInfo | undefined {
  const client = useClient();
  const [info, setInfo] = useState<MessageInfo>();
  useEffect(() => {
    // Without an answer what was known stays.
    const ask = () => void client.messageInfo(id).then(setInfo, () => undefined);
    setInfo(undefined);
    ask();
    const timer = setInterval(ask, everyMs);
    return () => clearInterval(timer);
  }, [client, id, everyMs]);
  return info;
}

/** Whom this user keeps out. */
export function useBlocked(): readonly string[] {
  return useObservable(useClient().blocked);
}

/** Unread messages of one conversation, or of all but requests that wait or were declined. */
export function useUnread(conversation?: string): number {
  const all = useConversations();
  const isLetIn = ({ request }: Conversation) => request === undefined || request === "accepted";
  const counted =
    conversation === undefined ? all.filter(isLetIn) : all.filter(({ id }) => id === conversation);
  return counted.reduce((sum, { unread }) => sum + unread, 0);
}
