// First of all: it says in which order the layers of the other styles apply.
import "./styles.css";
import { show } from "../show.ts";
import { Console } from "./console.tsx";

show(Console);
