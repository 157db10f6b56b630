/** The page, as Vite built it: a few files, held in memory, so that no address leads to the disk. */
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { readdir, readFile } from "node:fs/promises"
import { extname, join, relative, sep } from "node:path"

import { refused } from "./Guard.ts"

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2"
}

/** The page may run what came with it, speak to its own server, and show the files of assets. Nothing else. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "media-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")

/** Answers for the page in a folder. */
export const pageFiles = Effect.fnUntraced(function*(folder: string) {
  const read = async () => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map(({ name, parentPath }) => join(parentPath, name))
    return new Map(
      await Promise.all(
        files.map(async (file): Promise<[string, Uint8Array]> => [
          `/${relative(folder, file).split(sep).join("/")}`,
          await readFile(file)
        ])
      )
    )
  }
  const files = yield* Effect.promise(read)
  return (path: string) => {
    const file = path === "/" ? "/index.html" : path
    const bytes = files.get(file)
    if (bytes === undefined) return refused(404, "There is nothing here.")
    return HttpServerResponse.uint8Array(bytes, {
      contentType: types[extname(file)] ?? "application/octet-stream",
      headers: {
        "content-security-policy": policy,
        // Vite names what it built by its content; the page itself has one name for ever.
        "cache-control": file === "/index.html" ? "no-cache" : "max-age=31536000, immutable"
      }
    })
  }
})
