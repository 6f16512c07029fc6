import { App } from "./app.tsx";
import { show } from "./show.ts";
import "./styles/index.css";

show(App);
