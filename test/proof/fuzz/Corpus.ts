/** The files in `test/corpus`: what fuzzing begins with, and every finding of the past. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"

/** One file of the corpus; journals, which are mostly zeros, are unpacked. */
export interface CorpusFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** What there are files of. */
export type CorpusKind = "manifests" | "registries" | "journals" | "locks"

const folder = join(import.meta.dirname, "../../corpus")

const filesOf = (kind: CorpusKind): ReadonlyArray<CorpusFile> =>
  readdirSync(join(folder, kind)).toSorted().map((name) => {
    const bytes = readFileSync(join(folder, kind, name))
    return { name, bytes: Uint8Array.from(name.endsWith(".gz") ? gunzipSync(bytes) : bytes) }
  })

/** One path in a line, as a JSON text. */
const pathsIn = (name: string): ReadonlyArray<string> =>
  readFileSync(join(folder, "paths", name), "utf8").trimEnd().split("\n").map((line) => {
    const path: unknown = JSON.parse(line)
    if (typeof path !== "string") throw new Error(`${name} has a line that is no text: ${line}`)
    return path
  })

/** All files of the corpus, by kind. */
export const corpus: Readonly<Record<CorpusKind, ReadonlyArray<CorpusFile>>> = {
  manifests: filesOf("manifests"),
  registries: filesOf("registries"),
  journals: filesOf("journals"),
  locks: filesOf("locks")
}

/** The paths of the corpus, by what is to become of them. */
export const corpusPaths = { accepted: pathsIn("accepted.txt"), refused: pathsIn("refused.txt") }

/** All paths of the corpus. */
export const allPaths: ReadonlyArray<string> = [...corpusPaths.accepted, ...corpusPaths.refused]

/** One file of the corpus by its name. */
export const corpusFile = (kind: CorpusKind, name: string): Uint8Array => {
  const found = corpus[kind].find((file) => file.name === name)
  if (found === undefined) throw new Error(`There is no ${name} among the ${kind} of the corpus.`)
  return found.bytes
}
