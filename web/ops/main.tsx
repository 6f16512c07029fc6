import { show } from "../show.ts";
import { Console } from "./console.tsx";
import "./styles.css";

show(Console);
