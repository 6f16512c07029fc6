/** Texts that a page which takes text for markup, or an address for harmless, would run or load. */

/** Whoever asks for anything here was tricked. The name is of no host. */
export const CANARY_HOST = "canary.invalid";

/** What an attack that works would set on the page's window. */
export const CANARY_FLAG = "__holdfastCanary";

const RUN = `window.${CANARY_FLAG}=1;alert(1)`;
const LOAD = `https://${CANARY_HOST}/x`;

export const MARKUP_ATTACKS: readonly string[] = [
  `<script>${RUN}</script>`,
  `<script src=${LOAD}.js></script>`,
  `<SCRIPT>${RUN}</SCRIPT>`,
  `<scr<script>ipt>${RUN}</scr</script>ipt>`,
  `"><script>${RUN}</script>`,
  `'><script>${RUN}</script>`,
  `</span></article><script>${RUN}</script>`,
  `</title><script>${RUN}</script>`,
  `</textarea><script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `<img src=${LOAD}.png>`,
  `<img srcset="${LOAD}.png 1x">`,
  `<img src=x onerror=&#97;lert(1)>`,
  `<svg onload="${RUN}">`,
  `<svg><script>${RUN}</script></svg>`,
  `<svg><animate onbegin="${RUN}" attributeName=x dur=1s>`,
  `<math><mtext><table><mglyph><style><img src=x onerror="${RUN}">`,
  `<iframe src="javascript:${RUN}"></iframe>`,
  `<iframe srcdoc="<script>parent.${CANARY_FLAG}=1</script>"></iframe>`,
  `<object data="${LOAD}"></object>`,
  `<embed src="${LOAD}">`,
  `<link rel=stylesheet href="${LOAD}.css">`,
  `<style>@import "${LOAD}.css";*{background:url(${LOAD})}</style>`,
  `<meta http-equiv=refresh content="0;url=${LOAD}">`,
  `<base href="${LOAD}/">`,
  `<form action="${LOAD}"><input autofocus onfocus="${RUN}"></form>`,
  `<body onload="${RUN}">`,
  `<video src=x onerror="${RUN}"><source src=${LOAD}>`,
  `<audio src=x onerror="${RUN}">`,
  `<details open ontoggle="${RUN}">`,
  `<a href="javascript:${RUN}">click</a>`,
  `<a href="${LOAD}" ping="${LOAD}">click</a>`,
  `[click](javascript:${RUN})`,
  `![x](${LOAD}.png)`,
  `javascript:${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
  `vbscript:msgbox(1)`,
  `https://${CANARY_HOST}/"onmouseover="${RUN}`,
  `https://${CANARY_HOST}/\`onmouseover=${RUN}`,
  `&lt;script&gt;${RUN}&lt;/script&gt;`,
  `\u003cscript\u003e${RUN}\u003c/script\u003e`,
  `{{constructor.constructor('${RUN}')()}}`,
  `\${${RUN}}`,
  `<x-\u0000script>${RUN}</x>`,
  `\u202e<script>${RUN}</script>\u202c`,
];
