/** From what the shell saw to what is known: every rule about files as they are found stands here. */
import * as Result from "effect/Result"

import type { ManifestReading, OnDisk } from "./Asset.ts"
import { fileAt } from "./Composition.ts"
import { type Families, familyOf } from "./Family.ts"
import { type Manifest, readContent } from "./Manifest.ts"
import { compareText, foldPath, parseFile } from "./Path.ts"
import type { AssetFile, FileSeen, FolderContent, FolderSeen, RootScan, Trouble } from "./Seen.ts"
import { sameContent, stateOf } from "./Seen.ts"
import type { Settings } from "./Settings.ts"

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
        onSuccess: (manifest): ManifestReading => ({ _tag: "Valid", manifest: inWordsOf(settings.families, manifest) }),
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
 * The same manifest in the very texts of the catalog: a hundred thousand assets name the same few families, formats and
 * codecs, and hold them once.
 */
const inWordsOf = (families: Families, manifest: Manifest): Manifest => {
  const family = familyOf(families, manifest.family)
  const format = family?.formats.find(({ id }) => id === manifest.output.format)
  if (family === undefined || format === undefined) return manifest
  const { codec, metadata } = manifest.output
  const known = format.codecs.find((id) => id === codec) ?? codec
  return { ...manifest, family: family.id, output: { format: format.id, codec: known, metadata } }
}

/** The same reading with the very texts that the files of the folder are called by. */
const inNamesOf = (files: ReadonlyArray<AssetFile>, reading: ManifestReading): ManifestReading => {
  if (reading._tag === "Invalid") return reading
  const artifacts = reading.manifest.artifacts.map(({ file, index }) => ({
    index,
    file: fileAt(files, file)?.path ?? file
  }))
  return { _tag: "Valid", manifest: { ...reading.manifest, artifacts } }
}

/** What is in the folder of an asset: the files it can use, and the troubles with others. */
export const contentOf = (seen: FolderSeen): FolderContent => {
  const files: Array<AssetFile> = []
  const troubles: Array<Trouble> = [
    ...seen.links.map((path): Trouble => ({
      kind: "symlink",
      path,
      reason: `"${path}" is a symbolic link, and links are never followed`
    })),
    ...seen.unreadable.map(({ path, reason }): Trouble => ({
      kind: "unreadable",
      path,
      reason: `"${path}" cannot be read (${reason})`
    }))
  ]
  const folded = new Map<string, string>()
  for (const { mtimeMs, path: spelling, size } of seen.files.toSorted((a, b) => compareText(a.path, b.path))) {
    if (spelling === "asset.json") continue
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
    files.push({ path: path.success, size, mtimeMs })
  }
  return {
    files: files.toSorted((a, b) => compareText(a.path, b.path)),
    troubles: troubles.toSorted((a, b) => compareText(a.path, b.path))
  }
}

/** What is known of an asset root that was found. */
export const onDiskOf = ({ folder, manifest, spelling }: RootScan, settings: Settings): OnDisk => {
  const content = contentOf(folder)
  return {
    spelling,
    reading: inNamesOf(content.files, readingOf(manifest, settings)),
    manifestState: stateOf(manifest),
    ...content
  }
}

/** What was known of an asset root, if a look finds the same there; times of files do not count. */
export const sameOnDisk = (known: OnDisk | undefined, { folder, manifest, spelling }: RootScan): OnDisk | undefined => {
  if (known?.spelling !== spelling || !sameContent(known.manifestState, stateOf(manifest))) return undefined
  return sameFiles(known, contentOf(folder)) ? known : undefined
}

/** True if two looks found the same files; their times do not show anywhere. */
export const sameFiles = (a: FolderContent, b: FolderContent): boolean => filesOf(a) === filesOf(b)

const filesOf = ({ files, troubles }: FolderContent): string =>
  JSON.stringify([files.map(({ path, size }) => [path, size]), troubles])
