/** Short ways to do things to a disk, and arbitrary things to do. */
import { Arbitrary, Effect } from "effect"
import type { Disk, DiskError, DiskFile, OpenMode } from "../../src/services/Disk.ts"
import { integer, oneOf, pick } from "./Arbitraries.ts"

type OneDisk = Disk["Service"]

/** Uses a file, and closes it. */
export const withFile = <A, E>(
  disk: OneDisk,
  path: string,
  mode: OpenMode,
  use: (file: DiskFile) => Effect.Effect<A, E>
): Effect.Effect<A, E | DiskError> => Effect.acquireUseRelease(disk.open(path, mode), use, (file) => file.close)

/** Writes a new file, and flushes neither it nor its name. */
export const create = (disk: OneDisk, path: string, text: string): Effect.Effect<unknown, DiskError> =>
  withFile(disk, path, "create", (file) => file.write(0, new TextEncoder().encode(text)))

/** Flushes what is in a file, not its name. */
export const flush = (disk: OneDisk, path: string): Effect.Effect<void, DiskError> =>
  withFile(disk, path, "update", (file) => file.flushData)

/** One thing to do to a disk. */
export type DiskAct =
  | {
    readonly _tag: "create" | "flush" | "makeFolder" | "removeFile" | "removeFolder" | "flushFolder"
    readonly path: string
  }
  | { readonly _tag: "write"; readonly path: string; readonly position: number; readonly length: number }
  | { readonly _tag: "rename" | "link"; readonly path: string; readonly to: string }

const path = pick("/a", "/b", "/a/c", "/b/c", "/a/c/d")

/** Things to do to a disk with few paths, most of which meet something. */
export const diskAct: Arbitrary.Arbitrary<DiskAct> = oneOf<DiskAct>(
  Arbitrary.all({
    _tag: pick("create", "flush", "makeFolder", "removeFile", "removeFolder", "flushFolder"),
    path
  }),
  Arbitrary.all({ _tag: pick("makeFolder", "create"), path }),
  Arbitrary.all({ _tag: pick("write"), path, position: integer(0, 30), length: integer(0, 30) }),
  Arbitrary.all({ _tag: pick("rename", "link"), path, to: path })
)

const attempt = (disk: OneDisk, act: DiskAct): Effect.Effect<unknown, DiskError> => {
  switch (act._tag) {
    case "create":
      return create(disk, act.path, "new")
    case "flush":
      return flush(disk, act.path)
    case "write":
      return withFile(
        disk,
        act.path,
        "update",
        (file) => file.write(act.position, new Uint8Array(act.length).fill(act.position + 1))
      )
    case "rename":
    case "link":
      return disk[act._tag](act.path, act.to)
    default:
      return disk[act._tag](act.path)
  }
}

/** Does one thing after the other, and tells what came of each: "ok" or an errno. */
export const doAll = (disk: OneDisk, acts: ReadonlyArray<DiskAct>): Effect.Effect<ReadonlyArray<string>> =>
  Effect.forEach(
    acts,
    (act) => Effect.match(attempt(disk, act), { onFailure: ({ errno }) => errno, onSuccess: () => "ok" })
  )
