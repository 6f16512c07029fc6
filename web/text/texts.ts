import type { en } from "./en.ts";
import type { moreEn } from "./more/en.ts";

export type English = typeof en & typeof moreEn;
export type TextKey = keyof English;

/** `other` is the form that every language has. */
export type Plural = { readonly [Form in Intl.LDMLPluralRule]?: string } & {
  readonly other: string;
};

/** A language: every text of the English one, plural where that is. */
export type TextsLike<Model> = {
  readonly [Key in keyof Model]: Model[Key] extends string ? string : Plural;
};

/** What a page needs at once, and what its lazy parts need on top. */
export type Texts = TextsLike<typeof en>;
export type MoreTexts = TextsLike<typeof moreEn>;

type Names<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;

type NamesOf<Text> = Text extends string
  ? Names<Text>
  : Text extends Plural
    ? Names<Text["other"]>
    : never;

type Values<Text> =
  NamesOf<Text> extends never
    ? []
    : [
        values: {
          readonly [Name in NamesOf<Text>]: Text extends Plural
            ? PluralValue<Name>
            : string | number;
        },
      ];

type PluralValue<Name> = Name extends "n" ? number : string | number;

/** Says a text with its values filled in. */
export type SayOf<Model> = <Key extends keyof Model>(
  key: Key,
  ...values: Values<Model[Key]>
) => string;

export type Say = SayOf<English>;
