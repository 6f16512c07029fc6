/**
 * How a file is offered (RFC 6266): inline only where its type can do nothing, and under the name
 * that its sender gave it, as RFC 5987 writes names, with an ASCII one for those who can't read it.
 */
export function contentDisposition(inline: boolean, name: string | undefined): string {
  const kind = inline ? "inline" : "attachment";
  if (name === undefined) return kind;
  const clean = cleaned(name);
  const plain = clean.replace(/[^\x20-\x7e]|["\\%;]/g, "_");
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded(clean)}`;
}

/** Without what ends a line, changes its direction or leads to another folder. */
function cleaned(name: string): string {
  const clean = name
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "")
    .replace(/[/\\:]/g, "_")
    .replace(/^[.\s]+|[.\s]+$/g, "");
  return clean === "" ? "file" : clean;
}

function encoded(name: string): string {
  return encodeURIComponent(name).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
