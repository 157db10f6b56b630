/** How much code of ours a host gets. */
import { build } from "esbuild"
import { gzipSync } from "node:zlib"

/** The bundle of a program: our code only, minified. */
export const bundle = async (folder: string, program: string): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: folder, loader: "js" },
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    platform: "node",
    target: "es2022",
    logLevel: "error",
    plugins: [{
      name: "own-code-only",
      setup: (build) =>
        build.onResolve({ filter: /^(?:effect|node:)/ }, ({ path }) => ({ path, external: true, sideEffects: false }))
    }]
  })
  return outputFiles[0]?.text ?? ""
}

/** Everything that a program needs in one file of CommonJS, as hosts are often built. */
export const oneFile = async (folder: string, program: string): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: folder, loader: "js" },
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "es2022",
    logLevel: "error"
  })
  return outputFiles[0]?.text ?? ""
}

/** Bytes of a bundle: minified, and minified and compressed. */
export const sizeOf = (text: string): { readonly minified: number; readonly gzipped: number } => ({
  minified: Buffer.byteLength(text),
  gzipped: gzipSync(text, { level: 9 }).length
})
