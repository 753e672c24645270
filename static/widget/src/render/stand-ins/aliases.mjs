// For build.mjs: what the Markdown parser imports, and what it gets instead.

export const ALIASES = {
  entities: "./src/render/stand-ins/entities.js",
  "linkify-it": "./src/render/stand-ins/linkify-it.js",
  mdurl: "./src/render/stand-ins/mdurl.js",
  "punycode.js": "./src/render/stand-ins/punycode.js",
  "uc.micro": "./src/render/stand-ins/uc-micro.js",
};

// Rules of the parser that are never asked here: no markup, no bare addresses, no typography. Without them in the lists the
// bundler leaves their code out. The parser's version is pinned; a list that has changed stops the build.
const UNUSED = [
  ['["linkify", linkify$1],', ""],
  ['["replacements", replace],', ""],
  ['["smartquotes", smartquotes],', ""],
  ['["linkify", linkify],', ""],
  ['["html_inline", html_inline],', ""],
  [/\[\s*"html_block",\s*html_block,\s*\[[^\]]*\]\s*\],/, ""],
  ["new Renderer()", "undefined"],
  ['_defineProperty(MarkdownIt, "Renderer", Renderer);', ""],
];

/** For esbuild: the parser without the rules that are not used. */
export const slimParser = (readFile) => ({
  name: "slim-parser",
  setup(build) {
    build.onLoad({ filter: /markdown-it[\\/]dist[\\/]markdown-it\.mjs$/ }, async ({ path }) => {
      let contents = await readFile(path, "utf8");
      for (const [unused, instead] of UNUSED) {
        const without = contents.replace(unused, instead);
        if (without === contents) throw new Error(`markdown-it has no ${unused} any more`);
        contents = without;
      }
      return { contents, loader: "js" };
    });
  },
});
