/** From what the shell saw to what is known: every rule about files as they are found stands here. */
import * as Result from "effect/Result"

import type { ManifestReading, OnDisk } from "./Asset.ts"
import { familyOf, type Output } from "./Family.ts"
import { inOrder } from "./InOrder.ts"
import { frozenJson, isSameJson } from "./JsonValue.ts"
import { type Artifact, type Manifest, readContent } from "./Manifest.ts"
import { compareText, type FilePath, foldPath, parseFile } from "./Path.ts"
import type { FileSeen, FolderContent, FolderSeen, RootScan, Trouble } from "./Seen.ts"
import { sameContent, stateOf } from "./Seen.ts"
import type { Settings } from "./Settings.ts"
import { makeShare, type Share } from "./Shared.ts"

/** What can be made of a manifest that was seen. */
export const readingOf = (seen: FileSeen, settings: Settings): ManifestReading => {
  const invalid = (code: "manifest/unreadable" | "manifest/too-large", cause: string): ManifestReading => ({
    _tag: "Invalid",
    problems: [{ code, cause }]
  })
  switch (seen._tag) {
    case "File":
    case "Planned":
      return Result.match(readContent(seen.bytes, settings.manifestLimit), {
        onSuccess: (manifest): ManifestReading => ({ _tag: "Valid", manifest: inWordsOf(settings, manifest) }),
        onFailure: (problems): ManifestReading => ({ _tag: "Invalid", problems })
      })
    case "TooLarge":
      return invalid(
        "manifest/too-large",
        `asset.json has ${seen.size} bytes, more than the ${settings.manifestLimit} allowed`
      )
    case "Absent":
      return invalid("manifest/unreadable", "asset.json is not there")
    case "Link":
      return invalid("manifest/unreadable", "asset.json is a symbolic link, and links are never followed")
    case "NoFile":
      return invalid("manifest/unreadable", "asset.json is no file")
    case "Unreadable":
      return invalid("manifest/unreadable", `asset.json cannot be read (${seen.reason})`)
  }
}

/**
 * The same manifest in the very texts of the catalog, and in what others have said before: a hundred thousand assets name
 * the same few families, formats and codecs, and hold them once.
 */
const inWordsOf = (settings: Settings, manifest: Manifest): Manifest => {
  const common = inCommon(settings)
  const family = familyOf(settings.families, manifest.family)
  const format = family?.formats.find(({ id }) => id === manifest.output.format)
  const codec = format?.codecs.find((id) => id === manifest.output.codec)
  const words = {
    format: format?.id ?? manifest.output.format,
    codec: codec ?? manifest.output.codec,
    metadata: manifest.output.metadata
  }
  return {
    ...manifest,
    family: family?.id ?? manifest.family,
    output: sharedOutput(common, words),
    artifacts: sharedArtifacts(common, manifest.artifacts)
  }
}

/** Answers hand out the metadata itself: what one host does to them must not become true of other assets. */
const sharedOutput = ({ outputs }: InCommon, output: Output): Output => {
  const { codec, format, metadata } = output
  return outputs(
    `${format}\0${codec}\0${JSON.stringify(metadata)}`,
    (kept) => kept.format === format && kept.codec === codec && isSameJson(kept.metadata, metadata),
    () => Object.freeze({ format, codec, metadata: frozenJson(metadata) })
  )
}

const sharedArtifacts = (
  { artifacts, texts }: InCommon,
  rows: ReadonlyArray<Artifact>
): ReadonlyArray<Artifact> =>
  artifacts(
    rows.map(({ file }) => file).join("\0"),
    (kept) =>
      kept.length === rows.length &&
      kept.every(({ file, index }, place) => index === rows[place]?.index && file === rows[place].file),
    () => rows.map(({ file, index }) => ({ index, file: sharedText(texts, file) }))
  )

const sharedText = <A extends string>(texts: Share<string>, text: A): A =>
  // The text that was kept is the same text.
  texts(text, () => true, () => text) as A

/** What the spellings of the files in a folder come to. */
interface Names {
  readonly spellings: ReadonlyArray<string>
  /** Sorted. */
  readonly paths: ReadonlyArray<FilePath>
  /** The place among the spellings of each path. */
  readonly places: ReadonlyArray<number>
  /** Why the others cannot be used. */
  readonly troubles: ReadonlyArray<Trouble>
}

/** What assets of one project have in common. */
interface InCommon {
  readonly texts: Share<string>
  readonly names: Share<Names>
  readonly artifacts: Share<ReadonlyArray<Artifact>>
  readonly outputs: Share<Output>
}

const commonOf = new WeakMap<Settings, InCommon>()

/** It is kept as long as the settings are, which an open project has from its beginning to its end. */
const inCommon = (settings: Settings): InCommon => {
  const known = commonOf.get(settings)
  if (known !== undefined) return known
  const made = {
    texts: makeShare<string>(),
    names: makeShare<Names>(),
    artifacts: makeShare<ReadonlyArray<Artifact>>(),
    outputs: makeShare<Output>()
  }
  commonOf.set(settings, made)
  return made
}

const namesIn = ({ names, texts }: InCommon, spellings: ReadonlyArray<string>): Names =>
  names(
    spellings.join("\0"),
    (kept) =>
      kept.spellings.length === spellings.length &&
      kept.spellings.every((spelling, place) => spelling === spellings[place]),
    () => {
      const { found, troubles } = readNames(spellings)
      return {
        spellings,
        paths: found.map(({ path }) => sharedText(texts, path)),
        places: found.map(({ place }) => place),
        troubles
      }
    }
  )

/** The paths that spellings stand for, in the order of the paths, and why others stand for none. */
const readNames = (spellings: ReadonlyArray<string>) => {
  const found: Array<{ readonly path: FilePath; readonly place: number }> = []
  const troubles: Array<Trouble> = []
  const folded = new Map<string, string>()
  for (const [place, spelling] of spellings.entries()) {
    const path = parseFile(spelling)
    if (Result.isFailure(path)) {
      const reason = `the file name ${JSON.stringify(spelling)} is not allowed: ${path.failure.message}`
      troubles.push({ kind: "illegal-name", path: spelling, reason })
      continue
    }
    const key = foldPath(path.success)
    const other = folded.get(key)
    if (other !== undefined) {
      const reason = `the file names "${other}" and "${spelling}" are the same on some systems`
      troubles.push({ kind: "illegal-name", path: spelling, reason })
      continue
    }
    folded.set(key, spelling)
    found.push({ path: path.success, place })
  }
  return { found: inOrder(found, byPath), troubles }
}

const byPath = (a: { readonly path: string }, b: { readonly path: string }): number => compareText(a.path, b.path)

/** Nearly every folder has none. */
const noTroubles: ReadonlyArray<Trouble> = Object.freeze([])

/** What is in the folder of an asset: the files it can use, and the troubles with others. */
export const contentOf = (seen: FolderSeen, settings: Settings): FolderContent => {
  const files = inOrder(seen.files.filter(({ path }) => path !== "asset.json"), byPath)
  const names = namesIn(inCommon(settings), files.map(({ path }) => path))
  const troubles = [
    ...seen.links.map((path): Trouble => ({
      kind: "symlink",
      path,
      reason: `"${path}" is a symbolic link, and links are never followed`
    })),
    ...seen.unreadable.map(({ path, reason }): Trouble => ({
      kind: "unreadable",
      path,
      reason: `"${path}" cannot be read (${reason})`
    })),
    ...names.troubles
  ]
  return {
    paths: names.paths,
    sizes: names.places.map((place) => files[place]?.size ?? 0),
    mtimesMs: names.places.map((place) => files[place]?.mtimeMs ?? 0),
    troubles: troubles.length === 0 ? noTroubles : troubles.sort(byPath)
  }
}

/** What is known of an asset root that was found. */
export const onDiskOf = ({ folder, manifest, spelling }: RootScan, settings: Settings): OnDisk => {
  const content = contentOf(folder, settings)
  return {
    spelling,
    reading: readingOf(manifest, settings),
    manifestState: stateOf(manifest),
    ...content
  }
}

/** What was known of an asset root, if a look finds the same there; times of files do not count. */
export const sameOnDisk = (
  known: OnDisk | undefined,
  { folder, manifest, spelling }: RootScan,
  settings: Settings
): OnDisk | undefined => {
  if (known?.spelling !== spelling || !sameContent(known.manifestState, stateOf(manifest))) return undefined
  return sameFiles(known, contentOf(folder, settings)) ? known : undefined
}

/** True if two looks found the same files; their times do not show anywhere. */
export const sameFiles = (a: FolderContent, b: FolderContent): boolean => filesOf(a) === filesOf(b)

const filesOf = ({ paths, sizes, troubles }: FolderContent): string => JSON.stringify([paths, sizes, troubles])
