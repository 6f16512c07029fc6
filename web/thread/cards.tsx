import { directConversation, type Message } from "../../client/index.ts";
import { Avatar } from "../kit/avatar.tsx";
import { Icon } from "../kit/icon.tsx";
import { Link } from "../route/link.tsx";
import { useNavigation } from "../route/use-route.ts";
import { useSession } from "../session/session-context.ts";
import { useWording } from "../text/text-context.ts";
import "../styles/files.css";

// lazy() takes a module's default.
/** A place or a person, as a message. */
export default function Card({ message: { content } }: { readonly message: Message }) {
  if (content.kind === "location") return <PlaceCard {...content} />;
  return content.kind === "contact" ? <PersonCard {...content} /> : null;
}

type Body<Kind extends Message["content"]["kind"]> = Extract<
  Message["content"],
  { readonly kind: Kind }
>;

/** No map is fetched from anybody: the link asks for one, when it is followed. */
function PlaceCard({ latitude, longitude, accuracyM, label }: Body<"location">) {
  const { say, language } = useWording();
  const degrees = new Intl.NumberFormat(language.id, {
    minimumFractionDigits: 4,
    maximumFractionDigits: 4,
  });
  const where = `${degrees.format(latitude)}°, ${degrees.format(longitude)}°`;
  const query = new URLSearchParams({ mlat: String(latitude), mlon: String(longitude) });
  return (
    <span className="card">
      <Icon name="place" />
      <span>
        <strong>{label ?? say("place")}</strong>
        <bdi>{where}</bdi>
        {accuracyM !== undefined && (
          <small>{say("placeWithin", { n: Math.round(accuracyM) })}</small>
        )}
        <a
          href={`https://www.openstreetmap.org/?${query}#map=16/${latitude}/${longitude}`}
          target="_blank"
          rel="noopener noreferrer nofollow"
        >
          {say("openMap")}
        </a>
      </span>
    </span>
  );
}

function PersonCard({ user: contact, name = contact }: Body<"contact">) {
  const { say } = useWording();
  const { user } = useSession();
  const { route } = useNavigation();
  return (
    <span className="card">
      <Avatar name={name} small />
      <span>
        <strong>
          <bdi>{name}</bdi>
        </strong>
        <Link to={{ ...route, conversation: directConversation(user, contact) }}>
          {say("writeTo", { name: contact })}
        </Link>
      </span>
    </span>
  );
}
