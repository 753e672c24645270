// What build.mjs puts in, for the type checker.

/** Lazy parts: name to [file, from the file that loads it; its integrity hash]. */
declare const PARTS: Record<string, readonly [string, string]>;

/** A style sheet is imported as its minified text, for a constructable style sheet. */
declare module "*.css" {
  const text: string;
  export default text;
}
