// For build.mjs: what the Markdown parser imports, and what it gets instead.

export const ALIASES = {
  entities: "./src/render/stand-ins/entities.js",
  "linkify-it": "./src/render/stand-ins/linkify-it.js",
  mdurl: "./src/render/stand-ins/mdurl.js",
  "punycode.js": "./src/render/stand-ins/punycode.js",
  "uc.micro": "./src/render/stand-ins/uc-micro.js",
};
