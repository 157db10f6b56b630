/**
 * Files of assets, for thumbnails and sounds.
 *
 * What is served was listed by the packer: a file of an asset that the snapshot has, by the name that the packer gave it. So
 * nothing else can be asked for, whatever the address spells: no manifest, nothing of the packer's own, nothing outside.
 * Between the listing and now somebody may have put a link there: the way is looked at again, and the file that was opened is
 * the one that is sent.
 *
 * A file stays a file, whatever is in it: a type that a browser would run is never named, none is guessed, and what is opened
 * by itself runs nothing and reaches nothing.
 */
import * as NodeStream from "@effect/platform-node/NodeStream"
import { Effect, Result } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { constants } from "node:fs"
import { open, realpath } from "node:fs/promises"
import { extname, join } from "node:path"
import { findAsset, parseFile, parseRoot, ProjectRuntime } from "prometeu-packer"

import { filesPath } from "../shared/Paths.ts"
import { refused } from "./Guard.ts"
import { OpenedProject } from "./OpenedProject.ts"

const types: Readonly<Record<string, string>> = {
  ".gif": "image/gif",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".json": "text/plain; charset=utf-8",
  ".mp3": "audio/mpeg",
  ".ogg": "audio/ogg",
  ".png": "image/png",
  ".wav": "audio/wav",
  ".webp": "image/webp"
}

/** What an address names: each part is decoded once, and by the packer's own rules for names. */
const namedBy = (path: string) => {
  const [root, file, ...more] = path.slice(filesPath.length).split("/")
  if (root === undefined || file === undefined || more.length > 0) return undefined
  try {
    const names = { root: parseRoot(decodeURIComponent(root)), file: parseFile(decodeURIComponent(file)) }
    if (Result.isFailure(names.root) || Result.isFailure(names.file)) return undefined
    return { root: names.root.success, file: names.file.success }
  } catch {
    return undefined
  }
}

interface Range {
  readonly start: number
  /** The last byte, counted in. */
  readonly end: number
}

/** The part that is asked for: all of it without a range, or with one of a form that nobody has to know. */
export const rangeOf = (header: string | undefined, size: number): Range | "all" | "none" => {
  const asked = /^bytes=(\d*)-(\d*)$/.exec(header ?? "")
  if (asked === null || (asked[1] === "" && asked[2] === "")) return "all"
  const [, from = "", to = ""] = asked
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1)
  return start <= end ? { start, end } : "none"
}

const notThere = refused(404, "There is no such file of an asset.")

/** Answers for the files of assets. */
export const assetFiles = Effect.gen(function*() {
  const packer = yield* ProjectRuntime
  const { root: folder } = yield* OpenedProject
  const assets = join(yield* Effect.promise(() => realpath(folder)), "assets")

  /** Opens a file, if there is no link on the way to it. */
  const openAt = (path: string) =>
    Effect.acquireRelease(
      Effect.tryPromise(async () => {
        if (await realpath(path) !== path) throw new Error("A link leads there.")
        return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
      }),
      (handle) => Effect.promise(() => handle.close())
    )

  const send = Effect.fnUntraced(function*(path: string, headers: HttpServerRequest.HttpServerRequest["headers"]) {
    const handle = yield* openAt(path)
    const stat = yield* Effect.tryPromise(() => handle.stat())
    if (!stat.isFile()) return notThere
    const etag = `"${stat.size.toString(36)}-${Math.round(stat.mtimeMs).toString(36)}"`
    const type = types[extname(path).toLowerCase()]
    const about = {
      etag,
      "accept-ranges": "bytes",
      "cache-control": "no-cache",
      "content-security-policy": "sandbox; default-src 'none'",
      ...(type === undefined ? { "content-disposition": "attachment" } : {})
    }
    if (headers["if-none-match"] === etag) return HttpServerResponse.empty({ status: 304, headers: about })
    const range = rangeOf(headers["range"], stat.size)
    if (range === "none") {
      const headers = { ...about, "content-range": `bytes */${stat.size}` }
      return HttpServerResponse.empty({ status: 416, headers })
    }
    const { end, start } = range === "all" ? { start: 0, end: stat.size - 1 } : range
    const part = range === "all" ? {} : { "content-range": `bytes ${start}-${end}/${stat.size}` }
    const options = {
      status: range === "all" ? 200 : 206,
      headers: { ...about, ...part },
      contentType: type ?? "application/octet-stream",
      contentLength: end - start + 1
    }
    if (stat.size === 0) return HttpServerResponse.uint8Array(new Uint8Array(0), options)
    const bytes = NodeStream.fromReadable({
      evaluate: () => handle.createReadStream({ start, end, autoClose: false }),
      onError: (cause) => cause
    })
    return HttpServerResponse.stream(bytes, options)
  })

  return (path: string) =>
    Effect.gen(function*() {
      const { headers } = yield* HttpServerRequest.HttpServerRequest
      const named = namedBy(path)
      if (named === undefined) return refused(400, "That is no name of a file of an asset.")
      const { snapshot } = yield* packer.snapshot
      const { onDisk } = findAsset(snapshot, { root: named.root }) ?? {}
      if (onDisk === undefined || !onDisk.paths.some((path) => path === named.file)) return notThere
      return yield* Effect.catch(
        send(join(assets, onDisk.spelling, named.file), headers),
        () => Effect.succeed(notThere)
      )
    })
})
