import { lazy, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { isConsole } from "./ops/place/place.ts";
import "./styles/index.css";

const Console = lazy(() => import("./ops/console.tsx"));

const page = document.getElementById("page");
if (page === null) throw new Error("index.html has no #page");
createRoot(page).render(
  isConsole(location.pathname) ? (
    <Suspense fallback={null}>
      <Console />
    </Suspense>
  ) : (
    <App />
  ),
);
