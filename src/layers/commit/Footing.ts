/**
 * Looking once more, before a change is committed, at all that it was planned on.
 *
 * The look goes through what the change itself does first (a folder it makes, or moves), and through what was staged
 * before it and is not committed yet. What else is on the way must be on disk, must be a folder and no link, and must let
 * names be changed in it: a missing permission shows here and not when it is too late to say no.
 */
import * as Effect from "effect/Effect"

import type { PlannedChange, Unstaged } from "../../domain/Commit.ts"
import type { DivergedFile } from "../../domain/Errors.ts"
import type { FileStep } from "../../domain/FileStep.ts"
import { isInside, parentsOf } from "../../domain/Path.ts"
import { type FileState, sameContent, showState } from "../../domain/Seen.ts"
import { DiskError, type DiskKind } from "../../services/Disk.ts"
import { makeBreather } from "../Breather.ts"
import { lookAgain, recognizable, seeFile } from "../Sight.ts"
import type { StagedChange } from "./Staging.ts"
import { absolute, folderOf, largestLook, rootAt, type Terms } from "./Terms.ts"

/** What is staged and not committed yet. Later changes may build on its folders and files. */
export interface Underway {
  readonly changes: Set<StagedChange>
  readonly folders: Set<string>
  readonly files: Map<string, Uint8Array>
}

type FolderStep = Exclude<FileStep, { readonly _tag: "write-file" }>
type WriteStep = Extract<FileStep, { readonly _tag: "write-file" }>

/** Where the thing is that has a path after some steps. */
type Place =
  | { readonly _tag: "OnDisk"; readonly path: string }
  | { readonly _tag: "Made" }
  | { readonly _tag: "Written"; readonly bytes: Uint8Array }
  | { readonly _tag: "Gone" }

const gone: Place = { _tag: "Gone" }
const made: Place = { _tag: "Made" }

/** Follows a path back through folder steps, the last one first. */
const placeBefore = (steps: ReadonlyArray<FolderStep>, underway: Underway, path: string): Place => {
  let now = path
  for (let i = steps.length - 1; i >= 0; i--) {
    const step = steps[i]
    if (step === undefined) continue
    if (step._tag === "create-directory") {
      if (now === step.to) return made
      if (isInside(now, step.to)) return gone
    } else {
      if (step._tag === "move-directory" && (now === step.to || isInside(now, step.to))) {
        now = step.from + now.slice(step.to.length)
      } else if (now === step.from || isInside(now, step.from)) return gone
    }
  }
  const bytes = underway.files.get(now)
  if (bytes !== undefined) return { _tag: "Written", bytes }
  return underway.folders.has(now) ? made : { _tag: "OnDisk", path: now }
}

const kindNames: Readonly<Record<DiskKind, string>> = {
  file: "a file",
  folder: "a folder",
  link: "a symbolic link",
  other: "something that is no file and no folder"
}
const showKind = (kind: DiskKind | undefined): string => kind === undefined ? "nothing" : kindNames[kind]

const outdated = (folder: string, expected: string, found: string): Unstaged => ({
  _tag: "Outdated",
  files: [{ root: rootAt(folder), expected, found }]
})

const refused = (fault: DiskError): Unstaged => ({ _tag: "Absent", fault })

/**
 * Fails if the ground that a change was planned on is another one now. Gives the hashes of the manifests in the folders
 * that it moves.
 */
export const checkFooting = Effect.fnUntraced(function*(terms: Terms, underway: Underway, change: PlannedChange) {
  const { lookedAt } = change
  const footing: Footing = { terms, underway, lookedAt, steps: [], sound: new Set(), manifests: new Map() }
  const breather = yield* makeBreather
  for (const step of change.files) {
    yield* breather.pause
    switch (step._tag) {
      case "create-directory":
        yield* checkWay(footing, step.to)
        yield* checkFree(footing, step.to)
        footing.steps.push(step)
        break
      case "move-directory": {
        const inode = yield* checkFolder(footing, step)
        yield* checkWay(footing, step.to)
        yield* checkFree(footing, step.to, inode)
        footing.steps.push(step)
        break
      }
      case "trash-directory":
        yield* checkFolder(footing, step)
        footing.steps.push(step)
        break
      case "write-file":
        yield* checkFile(footing, step)
        break
    }
  }
  return footing.manifests
})

/** What is known of the ground so far. */
interface Footing {
  readonly terms: Terms
  readonly underway: Underway
  readonly lookedAt: number | undefined
  /** The steps that come before the one that is looked at. */
  readonly steps: Array<FolderStep>
  /** Folders that are there, and are no links. */
  readonly sound: Set<string>
  readonly manifests: Map<FileStep, string>
}

const placeOf = ({ steps, underway }: Footing, path: string): Place =>
  path === "" ? { _tag: "OnDisk", path } : placeBefore(steps, underway, path)

const statAt = ({ terms }: Footing, path: string) => Effect.mapError(terms.disk.stat(absolute(terms, path)), refused)

/** The folder that a name is in exists and can be written, and no link leads there. */
const checkWay = Effect.fnUntraced(function*(footing: Footing, path: string) {
  const { sound, terms } = footing
  const folder = folderOf(path)
  const unknown = ["", ...parentsOf(path)].filter((parent) => !sound.has(parent))
  const places = unknown.map((parent) => placeOf(footing, parent))
  const kinds = yield* kindsOf(terms, places)
  for (const [index, parent] of unknown.entries()) {
    const kind = kinds[index]
    if (kind !== "folder") return yield* Effect.fail(outdated(parent, "a folder", showKind(kind)))
    // What a step does to a folder does not make another one unsound: plans move no folder that others go through.
    sound.add(parent)
  }
  const place = placeOf(footing, folder)
  if (place._tag !== "OnDisk") return
  const there = absolute(terms, place.path)
  if (!(yield* Effect.mapError(terms.disk.isWritable(there), refused))) {
    return yield* Effect.fail(refused(new DiskError({ call: "isWritable", path: there, errno: "EACCES" })))
  }
})

/** What is at places each of which is in the one before; those that are on disk are looked at in one go. */
const kindsOf = Effect.fnUntraced(function*(terms: Terms, places: ReadonlyArray<Place>) {
  const onDisk = places.flatMap((place) => place._tag === "OnDisk" ? absolute(terms, place.path) : [])
  const way = (yield* Effect.mapError(terms.disk.way(onDisk), refused)).values()
  const kinds: Array<DiskKind | undefined> = []
  for (const { _tag } of places) {
    kinds.push(_tag === "OnDisk" ? way.next().value?.kind : _tag === "Made" ? "folder" : undefined)
  }
  return kinds
})

const checkFree = Effect.fnUntraced(function*(footing: Footing, path: string, itself?: string) {
  const place = placeOf(footing, path)
  if (place._tag === "Gone") return
  const stat = place._tag === "OnDisk" ? yield* statAt(footing, place.path) : undefined
  if (place._tag === "OnDisk" && stat === undefined) return
  // On a disk that does not tell letter case apart, a folder is in its own way.
  if (itself !== undefined && stat?.inode === itself) return
  return yield* Effect.fail(outdated(path, "nothing", stat === undefined ? "a folder" : showKind(stat.kind)))
})

const checkFolder = Effect.fnUntraced(
  function*(footing: Footing, step: Extract<FolderStep, { readonly from: string }>) {
    const { manifests, terms } = footing
    yield* checkWay(footing, step.from)
    const place = placeOf(footing, step.from)
    if (place._tag === "Made") return undefined
    const stat = place._tag === "OnDisk" ? yield* statAt(footing, place.path) : undefined
    if (stat?.kind !== "folder") return yield* Effect.fail(outdated(step.from, "a folder", showKind(stat?.kind)))
    if (step.folderId !== undefined && stat.inode !== step.folderId) {
      return yield* Effect.fail(outdated(step.from, "the folder of the asset", "another folder"))
    }
    if (place._tag === "OnDisk") {
      const path = absolute(terms, `${place.path}/asset.json`)
      const manifest = yield* seeFile(terms.disk, path, largestLook, terms.hash)
      if (manifest._tag === "File") manifests.set(step, manifest.fingerprint.hash)
    }
    return stat.inode
  }
)

const checkFile = Effect.fnUntraced(function*(footing: Footing, { before, to }: WriteStep) {
  const { terms } = footing
  yield* checkWay(footing, to)
  const place = placeOf(footing, to)
  let found: FileState = { _tag: "Absent" }
  if (place._tag === "Written") found = { _tag: "Planned", bytes: place.bytes }
  else if (place._tag === "Made") found = { _tag: "NoFile" }
  else if (place._tag === "OnDisk") {
    const limit = before._tag === "File" ? before.fingerprint.size : 0
    const look = lookAgain(terms, absolute(terms, place.path), recognizable(before, footing.lookedAt), limit)
    found = yield* Effect.mapError(look, refused)
  }
  if (sameContent(before, found)) return
  const files: ReadonlyArray<DivergedFile> = [
    { root: rootAt(folderOf(to)), expected: showState(before), found: showState(found) }
  ]
  return yield* Effect.fail<Unstaged>({ _tag: "Outdated", files })
})
