// Bundles the tests for Node and runs them; `node test/run.mjs shots` bundles and runs that script alone.

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { build } from "esbuild";

const one = process.argv[2];
const names = one ? [`${one}.ts`] : readdirSync("test").filter((name) => name.endsWith(".test.ts"));
await build({ entryPoints: names.map((name) => `test/${name}`), outdir: "out/test", outExtension: { ".js": ".mjs" }, bundle: true, platform: "node", format: "esm", target: "node20", packages: "external" });
const files = names.map((name) => `out/test/${name.replace(/\.ts$/, ".mjs")}`);
process.exit(spawnSync(process.execPath, [...(one ? [] : ["--test"]), ...files, ...process.argv.slice(3)], { stdio: "inherit" }).status ?? 1);
