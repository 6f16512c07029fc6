/** Runs in the page of the hooks' test: an app of one conversation, as small as one can be. */
import { createElement, StrictMode, useEffect } from "react";
import { createRoot } from "react-dom/client";
import { HoldfastClient, peerOf } from "../../client/index.ts";
import {
  ChatProvider,
  useConnection,
  useDraft,
  useMessageInfo,
  useMessages,
  usePresence,
  useSend,
  useTyping,
} from "../../client/react/index.ts";
import { signIn } from "../support/accounts.ts";

const query = new URLSearchParams(location.search);
const user = query.get("user") ?? "";
const talk = query.get("talk") ?? "";
const url = location.origin;
const client = new HoldfastClient({ url, user, token: () => signIn(url, user) });

const shown = (label: string, text: string | undefined) =>
  createElement("output", { "aria-label": label, key: label }, text);

const button = (label: string, onClick: () => void) =>
  createElement("button", { type: "button", onClick, key: label }, label);

function Talk() {
  const { messages } = useMessages(talk);
  const send = useSend(talk);
  const draft = useDraft(talk);
  const info = useMessageInfo(messages.find(({ own }) => own)?.id ?? "", 200);
  return [
    shown("connection", useConnection().state.kind),
    shown(
      "messages",
      messages.map(({ content }) => ("text" in content ? content.text : "")).join(),
    ),
    shown("draft", draft.text),
    shown("typing", useTyping(talk).join()),
    shown("presence", usePresence(peerOf(talk, user) ?? "")?.online === true ? "here" : "away"),
    shown("info", info?.devices.map(({ user: of }) => of).join()),
    button("Begin", () => void draft.save("unfinished")),
    button("Send", () => void send("hello")),
  ];
}

function App() {
  useEffect(() => {
    void client.connect();
    return () => void client.close();
  }, []);
  return createElement(ChatProvider, { client }, createElement(Talk));
}

const root = document.body.appendChild(document.createElement("main"));
createRoot(root).render(createElement(StrictMode, null, createElement(App)));
