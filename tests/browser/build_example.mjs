// Builds an example as its own tools would: node build_example.mjs ENTRY OUTPUT. Packages are the widget's own.

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

const [entry, output] = process.argv.slice(2);
const widget = process.cwd();
const require = createRequire(join(widget, "package.json"));
const esbuild = require("esbuild");

/** Vue's single-file components, by Vue's own compiler. */
const vue = {
  name: "vue",
  setup(build) {
    const { compileScript, parse } = require("vue/compiler-sfc");
    build.onLoad({ filter: /\.vue$/ }, async ({ path }) => {
      const { descriptor, errors } = parse(await readFile(path, "utf8"), { filename: path });
      if (errors.length > 0) return { errors: errors.map(({ message }) => ({ text: message })) };
      const { content } = compileScript(descriptor, {
        id: path,
        inlineTemplate: true,
        isProd: true,
        templateOptions: { compilerOptions: { isCustomElement: (tag) => tag === "pairvote-compare" } },
      });
      return { contents: content, loader: "js" };
    });
  },
};

await esbuild.build({
  entryPoints: [entry],
  outfile: output,
  bundle: true,
  minify: true,
  format: "esm",
  jsx: "automatic",
  nodePaths: [join(widget, "node_modules")],
  define: {
    "process.env.NODE_ENV": '"production"',
    __VUE_OPTIONS_API__: "false",
    __VUE_PROD_DEVTOOLS__: "false",
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
  },
  plugins: [vue],
  logLevel: "warning",
});
