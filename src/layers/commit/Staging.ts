/** Writing the files of a change aside, so that a disk that refuses them does so before anything has happened. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"

import type { PlannedChange } from "../../domain/Commit.ts"
import type { FileStep } from "../../domain/FileStep.ts"
import type { AssetRoot } from "../../domain/Path.ts"
import type { FileState, Fingerprint } from "../../domain/Seen.ts"
import { DiskError, type DiskFile } from "../../services/Disk.ts"
import { makeBreather } from "../Breather.ts"
import type { JournalRecord, RecordStep } from "../journal/Record.ts"
import { recognizable } from "../Sight.ts"
import { uniqueName } from "../UniqueName.ts"
import { writeWhole } from "../WholeWrite.ts"
import { absolute, folderOf, rootAt, type Terms } from "./Terms.ts"
import { makeTrash, removeTrash } from "./Trash.ts"

/** A file that waits for its place. */
export interface StagedFile {
  readonly path: string
  readonly fingerprint: Fingerprint
  /** What was in its place when the change was planned, if it can be recognized without reading it. */
  readonly replaces?: Fingerprint
}

/** Everything in the packer's own folder that was made for a change. */
export interface Aside {
  /** By the place they shall have. */
  readonly files: ReadonlyMap<string, StagedFile>
  /**
   * What the journal relies on for bytes that it does without. These stay until it forgets the change: a file that is
   * renamed into a folder can be lost with that folder.
   */
  readonly blobs: ReadonlyArray<StagedFile>
  /** The folder in the trash. */
  readonly trash: string | undefined
}

/** A change with all its files written aside. */
export interface StagedChange extends Aside {
  readonly change: PlannedChange
  readonly steps: ReadonlyArray<RecordStep>
}

/** A staged change that is about to be committed. */
export interface ReceiptedChange extends StagedChange {
  readonly record: JournalRecord
}

/** How the manifests of a change are recognized once they are in place. */
export const fingerprintsOf = ({ files }: Aside): ReadonlyMap<AssetRoot, Fingerprint> =>
  new Map(Array.from(files, ([path, { fingerprint }]) => [rootAt(folderOf(path)), fingerprint]))

/** How much of a file is written at once. */
const slice = 1024 * 1024

/** Writes a file that nobody sees yet, durable if asked for; if that fails, whatever the reason, it leaves nothing behind. */
export const stageFile = Effect.fnUntraced(function*(terms: Terms, bytes: Uint8Array, durable: boolean) {
  const { disk, folder, host } = terms
  const path = `${folder.stage}/${yield* uniqueName(host)}`
  return yield* Effect.onError(
    writeStaged(terms, path, bytes, durable),
    // What could not be made is not ours.
    (cause) => isNotMade(cause) ? Effect.void : Effect.ignore(disk.removeFile(path))
  )
})

const isNotMade = (cause: Cause.Cause<DiskError>): boolean =>
  Option.exists(Cause.findErrorOption(cause), ({ call }) => call === "open")

const writeStaged = Effect.fnUntraced(function*(
  { disk, hash }: Terms,
  path: string,
  bytes: Uint8Array,
  durable: boolean
) {
  const isShort = bytes.length <= slice && !durable
  const written = yield* (isShort ? disk.writeNew(path, bytes) : writeInSlices(disk, path, bytes, durable))
  const { inode, mtimeMs, size } = written
  if (size !== bytes.length) return yield* new DiskError({ call: "write", path, errno: "EIO" })
  return { path, fingerprint: { hash: hash(bytes), size, mtimeMs, inode } } satisfies StagedFile
})

const writeInSlices = Effect.fnUntraced(function*(
  disk: Terms["disk"],
  path: string,
  bytes: Uint8Array,
  durable: boolean
) {
  const file = yield* disk.open(path, "create")
  const written = yield* Effect.onError(writeSlices(file, bytes, durable), () => Effect.ignore(file.close))
  yield* file.close
  return written
})

const writeSlices = Effect.fnUntraced(function*(file: DiskFile, bytes: Uint8Array, durable: boolean) {
  const breather = yield* makeBreather
  for (let at = 0; at < bytes.length; at += slice) {
    yield* writeWhole(file, at, bytes.subarray(at, at + slice))
    yield* breather.pause
  }
  const written = yield* file.stat
  if (durable) yield* file.flush
  return written
})

type TrashStep = Extract<FileStep, { readonly _tag: "trash-directory" }>

const hashBefore = (terms: Terms, before: FileState): string | undefined => {
  if (before._tag === "File") return before.fingerprint.hash
  return before._tag === "Planned" ? terms.hash(before.bytes) : undefined
}

/** Writes the files of a change aside, and says what the journal has to keep of it. Refused, it leaves nothing behind. */
export const stageChange = Effect.fnUntraced(function*(
  terms: Terms,
  change: PlannedChange,
  manifests: ReadonlyMap<FileStep, string>
) {
  const aside: Making = { files: new Map(), blobs: [], trash: undefined }
  const steps = yield* Effect.onError(stageSteps(terms, change, manifests, aside), () => unstage(terms, aside))
  return { change, steps, ...aside } satisfies StagedChange
})

/** The change as the journal keeps it, with what its caller is to be told. */
export const withReceipt = (staged: StagedChange, receipt: string): ReceiptedChange => {
  const { change: { operationId, registry }, steps } = staged
  return { ...staged, record: { operationId, receipt, registry, steps } }
}

/** What is written aside, as long as more comes. */
interface Making extends Aside {
  readonly files: Map<string, StagedFile>
  readonly blobs: Array<StagedFile>
  trash: string | undefined
}

const stageSteps = Effect.fnUntraced(function*(
  terms: Terms,
  change: PlannedChange,
  manifests: ReadonlyMap<FileStep, string>,
  aside: Making
) {
  const { disk, folder, settings } = terms
  const trashed = change.files.filter((step): step is TrashStep => step._tag === "trash-directory")
  if (trashed.length > 0) {
    const entries = trashed.map(({ asset }, index) => ({ name: String(index + 1), what: "the deleted folder", asset }))
    aside.trash = yield* makeTrash(terms, { operation: change.operationId, entries })
  }
  const steps: Array<RecordStep> = []
  const breather = yield* makeBreather
  for (const step of change.files) {
    yield* breather.pause
    switch (step._tag) {
      case "create-directory":
        steps.push({ _tag: "MakeFolder", path: step.to })
        break
      case "move-directory": {
        const { folderId, from, to } = step
        steps.push({
          _tag: "MoveFolder",
          from,
          to,
          folder: folderId,
          manifest: manifests.get(step),
          root: rootAt(to)
        })
        break
      }
      case "trash-directory": {
        const { asset, folderId, from } = step
        const to = `${aside.trash ?? ""}/${trashed.indexOf(step) + 1}`
        const { root } = asset
        steps.push({ _tag: "MoveFolder", from, to, folder: folderId, manifest: manifests.get(step), root })
        break
      }
      case "write-file": {
        const { before, bytes, to } = step
        const blob = bytes.length > settings.inlineBytes ? yield* stageFile(terms, bytes, true) : undefined
        if (blob !== undefined) aside.blobs.push(blob)
        const staged = yield* stageFile(terms, bytes, false)
        const replaces = recognizable(before, change.lookedAt)
        aside.files.set(to, replaces === undefined ? staged : { ...staged, replaces })
        steps.push({
          _tag: "PutFile",
          path: to,
          root: rootAt(folderOf(to)),
          before: hashBefore(terms, before),
          after: staged.fingerprint.hash,
          blob: blob?.path.slice(folder.stage.length + 1),
          bytes
        })
        break
      }
    }
  }
  if (aside.blobs.length > 0) yield* disk.flushFolder(folder.stage)
  return steps
})

/** Removes what was staged for a change that does not happen. */
export const unstage = Effect.fnUntraced(function*(terms: Terms, { blobs, files, trash }: Aside) {
  for (const { path } of [...files.values(), ...blobs]) yield* Effect.ignore(terms.disk.removeFile(path))
  if (trash !== undefined) yield* removeTrash(terms, absolute(terms, trash))
})
