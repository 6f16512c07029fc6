import { expect, test } from "vitest";
import { wantedRange } from "../../worker/core/byte-range.ts";
import { contentDisposition } from "../../worker/core/disposition.ts";
import { hexOf, isInline, typeOf } from "../../worker/core/file-type.ts";

function bytes(...pieces: readonly (string | readonly number[])[]): Uint8Array {
  const parts = pieces.map((piece) =>
    typeof piece === "string" ? [...new TextEncoder().encode(piece)] : piece,
  );
  return Uint8Array.from(parts.flat());
}

const u16 = (n: number) => [n >> 8, n & 255];
const u16le = (n: number) => [n & 255, n >> 8];
const u24le = (n: number) => [n & 255, (n >> 8) & 255, n >> 16];
const u32 = (n: number) => [...u16(n >>> 16), ...u16(n & 0xffff)];

const png = (width: number, height: number) =>
  bytes([0x89], "PNG\r\n", [0x1a, 0x0a], u32(13), "IHDR", u32(width), u32(height), [8, 6, 0, 0, 0]);
const gif = (width: number, height: number) => bytes("GIF89a", u16le(width), u16le(height));
const riff = (form: string, ...rest: readonly number[][]) => bytes("RIFF", u32(9), form, ...rest);
const exif = [0xff, 0xe1, ...u16(66), ...new Array<number>(64).fill(0)];
const tables = [0xff, 0xc4, ...u16(3), 0];
const frame = (width: number, height: number) => [
  ...[0xff, 0xff, 0xc2, ...u16(11), 8, ...u16(height), ...u16(width)],
];
const jpeg = (width: number, height: number) =>
  bytes([0xff, 0xd8], exif, tables, frame(width, height));
const film = (brand: string) => bytes(u32(24), "ftyp", brand, u32(0));

const ANY = "application/octet-stream";

test.each<[string, Uint8Array, string]>([
  ["a png", png(1, 1), "image/png"],
  ["a gif", gif(3, 2), "image/gif"],
  ["a jpeg, with its size behind other segments", jpeg(640, 480), "image/jpeg"],
  [
    "a lossy webp",
    riff("WEBPVP8 ", new Array<number>(10).fill(0), u16le(20), u16le(10)),
    "image/webp",
  ],
  ["a lossless webp", riff("WEBPVP8L", [0, 0, 0, 0, 0x2f, 19, 0x40, 2, 0]), "image/webp"],
  [
    "an extended webp",
    riff("WEBPVP8X", new Array<number>(8).fill(0), u24le(19), u24le(9)),
    "image/webp",
  ],
  ["a film", film("isom"), "video/mp4"],
  ["a film of a camera", film("mp42"), "video/mp4"],
  ["a sound in the same box", film("M4A "), "audio/mp4"],
  ["a document", bytes("%PDF-1.7"), "application/pdf"],
  ["an archive", bytes("PK", [3, 4]), "application/zip"],
  ["svg", bytes("<svg xmlns='http://www.w3.org/2000/svg'/>"), ANY],
  ["html", bytes("<!doctype html>"), ANY],
  ["xml", bytes("<?xml version='1.0'?>"), ANY],
  ["a script", bytes("alert(1)"), ANY],
  ["nothing", bytes(""), ANY],
  ["half a signature", bytes([0x89], "PNG"), ANY],
  ["a signature that is not at the beginning", bytes(" GIF89a", u16le(1), u16le(1)), ANY],
  ["a png whose header is another", bytes([0x89], "PNG\r\n", [0x1a, 0x0a], u32(13), "JUNK"), ANY],
  ["a png without a size", png(0, 5), ANY],
  ["a png of more pixels than anybody decodes", png(50_000, 1_001), ANY],
  ["a png of as many as are allowed", png(50_000, 1_000), "image/png"],
  ["a jpeg that ends before its size", jpeg(640, 480).slice(0, 70), ANY],
  ["a jpeg that is only a beginning", bytes([0xff, 0xd8, 0xff]), ANY],
  ["a box of another kind", film("heic"), ANY],
  ["a box that is larger than any", bytes([1, 0, 0, 0], "ftypisom"), ANY],
])("the bytes decide: %s", (_, head, type) => {
  expect(typeOf(head)).toBe(type);
});

test("a picture that is a script as well is a picture, and nothing else", () => {
  const both = bytes(
    "GIF89a",
    u16le(10_799),
    u16le(10),
    "*/=1;alert(1)//<script>alert(1)</script>",
  );
  expect(typeOf(both)).toBe("image/gif");
});

test("only what can carry no script is shown in place", () => {
  const shown = ["image/png", "image/jpeg", "image/gif", "image/webp", "video/mp4"];
  expect(shown.every(isInline)).toBe(true);
  const kept = ["image/svg+xml", "text/html", "application/pdf", "application/xml", ANY, ""];
  expect(kept.some(isInline)).toBe(false);
  expect(hexOf(bytes([0, 15, 255]))).toBe("000fff");
});

test.each<[string | undefined, ReturnType<typeof wantedRange>]>([
  [undefined, { kind: "all" }],
  ["bytes=0-0", { kind: "part", offset: 0, length: 1 }],
  ["bytes=0-", { kind: "part", offset: 0, length: 10 }],
  ["bytes=9-", { kind: "part", offset: 9, length: 1 }],
  ["bytes=3-99", { kind: "part", offset: 3, length: 7 }],
  ["bytes=-3", { kind: "part", offset: 7, length: 3 }],
  ["bytes=-99", { kind: "part", offset: 0, length: 10 }],
  ["bytes=10-", undefined],
  ["bytes=-0", undefined],
  ["bytes=5-3", { kind: "all" }],
  ["bytes=-", { kind: "all" }],
  ["bytes=0-1,3-4", { kind: "all" }],
  ["bytes=a-b", { kind: "all" }],
  ["lines=0-1", { kind: "all" }],
  ["bytes=99999999999999999999-", { kind: "all" }],
])("of ten bytes %s is wanted", (header, wanted) => {
  expect(wantedRange(header, 10)).toEqual(wanted);
});

test.each<[string, string, string]>([
  ["report.pdf", "report.pdf", "report.pdf"],
  ["Übung 1.txt", "_bung 1.txt", "%C3%9Cbung%201.txt"],
  ['a"b\\c;d%e.txt', "a_b_c_d_e.txt", "a%22b_c%3Bd%25e.txt"],
  ["../../etc/passwd", "_.._etc_passwd", "_.._etc_passwd"],
  ["C:\\Windows\\x.exe", "C__Windows_x.exe", "C__Windows_x.exe"],
  ["a\r\nSet-Cookie: x", "aSet-Cookie_ x", "aSet-Cookie_%20x"],
  ["photo\u202egnp.exe", "photognp.exe", "photognp.exe"],
  ["it's (new)*!", "it's (new)*!", "it%27s%20%28new%29%2A%21"],
  ["\ud800lone", "_lone", "%EF%BF%BDlone"],
  ["...", "file", "file"],
  [" . ", "file", "file"],
])("the name %j can do nothing in a header", (name, plain, encoded) => {
  const header = contentDisposition(false, name);
  expect(header).toBe(`attachment; filename="${plain}"; filename*=UTF-8''${encoded}`);
  expect(header).toMatch(/^[\x20-\x7e]+$/);
});

test("without a name only the kind is told", () => {
  expect(contentDisposition(true, undefined)).toBe("inline");
});
