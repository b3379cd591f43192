// Bundles the page: src/ becomes dist/report.js and dist/report.css, the same bytes every time.

import { build } from "esbuild";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";

const common = { bundle: true, minify: true, write: false, target: "es2022", charset: "utf8" };
const script = await build({ ...common, entryPoints: ["src/main.ts"], format: "iife", legalComments: "none", metafile: true });
const style = await build({ ...common, entryPoints: ["src/report.css"] });

/** The licences of the packages in the bundle: each text once, with the packages and copyright lines under it. */
function licences(inputs) {
    const names = new Set();
    for (const path of Object.keys(inputs)) {
        const found = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path);
        if (found) names.add(found[1]);
    }
    const texts = new Map();
    for (const name of [...names].sort()) {
        const folder = `node_modules/${name}`;
        const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
        const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
        const text = file ? readFileSync(`${folder}/${file}`, "utf8") : `${license}`;
        const owners = text.split(/\r?\n/).filter((line) => /^Copyright/i.test(line.trim())).map((line) => line.trim());
        const body = text.split(/\r?\n/).filter((line) => !/^Copyright/i.test(line.trim())).join("\n").replace(/\s+/g, " ").trim();
        const entry = texts.get(body) ?? [];
        entry.push(`${name} ${version}: ${owners.join("; ") || license}`);
        texts.set(body, entry);
    }
    return [...texts].map(([body, packages]) => `${packages.join("\n")}\n\n${body}`).join("\n\n").replaceAll("*/", "* /");
}

const footer = `/*! Parts of this script:\n\n${licences(script.metafile.inputs)}\n*/\n`;
const js = `${script.outputFiles[0].text.trimEnd()}\n${footer}`;
const css = style.outputFiles[0].text;
for (const [name, text, bad] of [["report.js", js, /<\/script|<!--|<script/i], ["report.css", css, /<\/style|url\(|@import/i]]) {
    if (bad.test(text)) throw new Error(`${name} holds ${bad.exec(text)[0]}: it cannot stand in the page`);
    if (!existsSync("dist")) mkdirSync("dist");
    writeFileSync(`dist/${name}`, text);
    console.log(`dist/${name}  ${(Buffer.byteLength(text) / 1024).toFixed(0)} KiB`);
}
