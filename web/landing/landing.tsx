import { useNavigation } from "../route/use-route.ts";
import { SideBySide } from "./side-by-side.tsx";
import { Welcome } from "./welcome.tsx";

// lazy() takes a module's default.
export default function Landing() {
  const { route } = useNavigation();
  return route.demo ? <SideBySide /> : <Welcome />;
}
