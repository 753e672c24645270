// Builds v1/ from src/, the same bytes on every machine. `--check` compares v1/ with what the source gives.

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import { ALIASES, slimParser } from "./src/render/stand-ins/aliases.mjs";

const HERE = dirname(fileURLToPath(import.meta.url));
const SOURCE = join(HERE, "src");
const OUTPUT = join(HERE, "v1");
// Every part with the parts that it gets itself; the core knows the others. A part stands after those it needs.
const PARTS = { diff: [], highlight: [], math: [], streams: [], panels: ["diff", "streams"], render: [] };

// The core holds nothing of others.
const OWN = "/* Pairvote, Apache-2.0 */";
const WITH_OTHERS = "/* Pairvote, Apache-2.0, with software listed in LICENSES.txt */";

/** A style sheet becomes its minified text, which a constructable style sheet takes. */
const styleSheets = {
  name: "style-sheets",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const { code } = await esbuild.transform(source, { loader: "css", minify: true, target: "es2022" });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

async function bundle(name, definitions) {
  const result = await esbuild.build({
    absWorkingDir: HERE,
    entryPoints: [`src/${name}.js`],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: "esm",
    target: "es2022",
    platform: "browser",
    charset: "utf8",
    legalComments: "none",
    banner: { js: name.startsWith("pairvote") ? OWN : WITH_OTHERS },
    define: definitions,
    alias: ALIASES,
    plugins: [styleSheets, slimParser(readFile)],
    logLevel: "warning",
  });
  return { bytes: Buffer.from(result.outputFiles[0].contents), inputs: Object.keys(result.metafile.inputs) };
}

/** Every file of v1/ with its bytes, by its path with forward slashes. */
async function buildAll() {
  const files = new Map();
  const inputs = [];
  const table = {};
  for (const [name, needs] of Object.entries(PARTS)) {
    const part = await bundle(name, tableOf(table, needs));
    const file = `${name}-${createHash("sha256").update(part.bytes).digest("hex").slice(0, 12)}.js`;
    files.set(`parts/${file}`, part.bytes);
    inputs.push(...part.inputs);
    table[name] = [file, integrity(part.bytes, "sha256")];
  }
  const others = Object.keys(PARTS).filter((name) => !Object.values(PARTS).flat().includes(name));
  const core = await bundle("pairvote", tableOf(table, others, "parts/"));
  inputs.push(...core.inputs);
  files.set("pairvote.js", core.bytes);
  // One file, and one for each language: it needs none of the parts.
  const feedback = await bundle("pairvote-feedback", {});
  inputs.push(...feedback.inputs);
  files.set("pairvote-feedback.js", feedback.bytes);
  for (const [name, bytes] of await locales("locales")) files.set(`locales/${name}`, bytes);
  for (const [name, bytes] of await locales("feedback/locales")) files.set(`locales/feedback-${name}`, bytes);
  for (const name of await readdir(join(HERE, "types"))) {
    if (/\.d\.ts$|^custom-elements\.json$/.test(name)) files.set(name, await readFile(join(HERE, "types", name)));
  }
  files.set("LICENSES.txt", Buffer.from(await licences(inputs)));
  files.set("integrity.json", Buffer.from(integrityList(files)));
  return files;
}

/** What `load` needs to know of some parts; their files are named as they stand to the file that loads them. */
function tableOf(table, names, folder = "") {
  const entries = names.map((name) => [name, [folder + table[name][0], table[name][1]]]);
  return { PARTS: JSON.stringify(Object.fromEntries(entries)) };
}

/** For browsers. The table of parts takes the shortest that they know: it is a tenth of the core as it is. */
function integrity(bytes, algorithm = "sha384") {
  return `${algorithm}-${createHash(algorithm).update(bytes).digest("base64")}`;
}

function integrityList(files) {
  const names = [...files.keys()].sort();
  return JSON.stringify(Object.fromEntries(names.map((name) => [name, integrity(files.get(name))])), null, 2) + "\n";
}

/** @param {string} place */
async function locales(place) {
  const folder = join(SOURCE, place);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json")).sort();
  return Promise.all(
    names.map(async (name) => {
      const texts = JSON.parse(await readFile(join(folder, name), "utf8"));
      return [name, Buffer.from(JSON.stringify(texts))];
    }),
  );
}

/** The licences of the packages that are in the built files, one after the other. */
async function licences(inputs) {
  const found = inputs.map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]);
  const folders = [...new Set(found.filter((folder) => folder !== undefined))].sort();
  const texts = ["The built widget contains these packages. Everything else in it is Pairvote's own (Apache-2.0).\n"];
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(await readFile(join(HERE, folder, "package.json"), "utf8"));
    const names = (await readdir(join(HERE, folder))).filter((file) => /^licen[cs]e/i.test(file)).sort();
    if (names.length === 0) throw new Error(`${name} brings no licence text`);
    const text = (await readFile(join(HERE, folder, names[0]), "utf8")).replaceAll("\r\n", "\n").trim();
    texts.push(`${name} ${version} (${license})\n\n${text}\n`);
  }
  return texts.join(`\n${"-".repeat(80)}\n\n`);
}

async function committed() {
  const files = new Map();
  if (!existsSync(OUTPUT)) return files;
  for (const entry of await readdir(OUTPUT, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(OUTPUT, path).split(sep).join("/"), await readFile(path));
  }
  return files;
}

async function write(files) {
  for (const name of (await committed()).keys()) {
    if (!files.has(name)) await rm(join(OUTPUT, name));
  }
  for (const [name, bytes] of files) {
    const path = join(OUTPUT, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  }
}

/** What differs between v1/ and what the source gives, as sentences. */
async function differences(files) {
  const present = await committed();
  const said = [];
  for (const [name, bytes] of files) {
    if (!present.has(name)) said.push(`v1/${name} is missing`);
    else if (!present.get(name).equals(bytes)) said.push(`v1/${name} is not what the source gives`);
  }
  for (const name of present.keys()) {
    if (!files.has(name)) said.push(`v1/${name} is left from an older build`);
  }
  return said;
}

function printSizes(files) {
  for (const [name, bytes] of [...files].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (!/\.js(on)?$/.test(name)) continue;
    console.log(`${String(gzipSync(bytes, { level: 9 }).length).padStart(7)} bytes gzip  ${name}`);
  }
}

const files = await buildAll();
if (process.argv.includes("--check")) {
  const said = await differences(files);
  if (said.length > 0) {
    console.error([...said, "Run `make widget` and commit static/widget/v1."].join("\n"));
    process.exit(1);
  }
  console.log("static/widget/v1 is what the source gives");
} else {
  await write(files);
  printSizes(files);
}
