import { readFileSync } from "node:fs"
import { defineConfig } from "tsup"
import { withPureCalls } from "./scripts/pure-calls.ts"

export default defineConfig({
  // The last one is no door: threads that read are started with it.
  entry: [
    "src/index.ts",
    "src/node.ts",
    "src/rules.ts",
    "src/studio.ts",
    "src/testing.ts",
    "src/layers/NodeFolderWorker.ts"
  ],
  format: ["esm"],
  platform: "node",
  target: "es2022",
  splitting: true,
  sourcemap: true,
  clean: true,
  silent: true,
  // esbuild drops what no entry reaches; the second pass this would add only doubles the source map comments.
  treeshake: false,
  // tsup cannot write declarations with TypeScript 7; `npm run build` lets `tsc` do it afterwards.
  dts: false,
  // The sources are in the package, and the maps lead to them.
  esbuildOptions: (options) => {
    options.sourcesContent = false
  },
  esbuildPlugins: [{
    name: "pure-calls",
    setup: (build) =>
      build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => ({
        contents: withPureCalls(path, readFileSync(path, "utf8")),
        loader: "ts"
      }))
  }]
})
