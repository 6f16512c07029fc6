import { useEffect, useRef } from "react";
import { useAnnounce } from "../kit/announcer.tsx";
import { previewOf } from "../kit/preview.ts";
import { useCalled } from "../people/profiles.ts";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";
import { useSay } from "../text/text-context.ts";

/** What a screen reader is told unasked: new messages of others, and what could not be sent. */
export function useAnnouncements(): void {
  const { client } = useSession();
  const { route } = useNavigation();
  const announce = useAnnounce();
  const say = useSay();
  const called = useCalled();
  const shown = useRef(route.conversation);
  shown.current = route.conversation;

  useEffect(() => {
    const stopMessages = client.on("message", ({ message }) => {
      if (message.own) return;
      const name = called(message.from);
      const here = message.conversation === shown.current;
      const text = previewOf(message, say, called);
      announce(here ? say("announceFrom", { name, text }) : say("announceElsewhere", { name }));
    });
    const stopFailures = client.on("failed", () => announce(say("announceFailed")));
    return () => {
      stopMessages();
      stopFailures();
    };
  }, [client, announce, say, called]);
}
