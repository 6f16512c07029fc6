import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import {
  ChatProvider,
  useConnection,
  useConversation,
  useConversations,
  useMessages,
  useSend,
  useUnread,
} from "../../client/react/index.ts";
import { lab, OTHER_TALK, TALK } from "../support/client/lab.ts";

type Client = Parameters<typeof ChatProvider>[0]["client"];

function render(client: Client, Component: () => string): string {
  return renderToString(createElement(ChatProvider, { client }, createElement(Component)));
}

test("hooks show what the client knows", async () => {
  const { client, server, clock } = await lab().started();
  client.messages(TALK).subscribe(() => {});
  for (const text of ["a", "b"]) server.text(TALK, text);
  server.text(OTHER_TALK, "c");
  await clock.advance(100);
  expect(render(client, () => useConnection().state.kind)).toBe("live");
  expect(render(client, () => String(useConversations().length))).toBe("2");
  expect(render(client, () => String(useConversation(TALK)?.head))).toBe("2");
  expect(render(client, () => `${useUnread()} ${useUnread(OTHER_TALK)}`)).toBe("3 1");
  const shown = () =>
    useMessages(TALK)
      .messages.map(({ content }) => ("text" in content ? content.text : ""))
      .join();
  expect(render(client, shown)).toBe("a,b");
});

test("useSend sends to its conversation", async () => {
  const { client, server, clock } = await lab().started();
  render(client, () => {
    const send = useSend(TALK);
    return send("from a component").key;
  });
  await clock.advance(100);
  expect(server.log(TALK)).toEqual(["from a component"]);
});

test("a hook outside of its provider says so", async () => {
  const { client } = lab();
  expect(() => renderToString(createElement(() => useConnection().state.kind))).toThrow(
    "ChatProvider",
  );
  await client.close();
});
