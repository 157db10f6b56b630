import { defineConfig } from "tsup"

export default defineConfig({
  entry: ["src/index.ts", "src/node.ts", "src/studio.ts", "src/testing.ts"],
  format: ["esm"],
  platform: "node",
  target: "es2022",
  splitting: true,
  keepNames: true,
  sourcemap: true,
  clean: true,
  silent: true,
  // esbuild drops what no entry reaches; the second pass this would add only doubles the source map comments.
  treeshake: false,
  // tsup cannot write declarations with TypeScript 7; `npm run build` lets `tsc` do it afterwards.
  dts: false
})
