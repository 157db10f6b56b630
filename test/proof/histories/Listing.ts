/** What a project that is as the model says shows to its readers. */
import { isDeepStrictEqual } from "node:util"
import { knownRoots, type Model } from "../../model/Model.ts"
import type { Page, Row } from "./History.ts"
import type { Names } from "./Names.ts"

const registrationAt = ({ doubtful, entries, manifests, readOnly }: Model, root: string): string => {
  if (entries.some((entry) => entry.root === root)) return root in manifests ? "registered" : "missing"
  return readOnly || doubtful.some((entry) => entry.root === root) ? "unknown" : "unregistered"
}

/** What a list shows of the asset at a root. */
export const rowAt = (model: Model, root: string): Row => {
  const entry = model.entries.find((other) => other.root === root)
  const manifest = model.manifests[root]
  return {
    root,
    registration: registrationAt(model, root),
    ...(entry === undefined
      ? {}
      : { assetId: entry.asset_id, assetUuid: entry.asset_uuid, includedInBuild: entry.included_in_build }),
    ...(manifest === undefined ? {} : { name: manifest.name, family: manifest.family }),
    diverged: false
  }
}

/** The roots that a list shows, in its order. */
export const rootsOf = (model: Model): ReadonlyArray<string> => Array.from(new Set(knownRoots(model))).toSorted()

/** What the page of the asset at a root shows. */
const pageAt = (model: Model, root: string): Page => {
  const manifest = model.manifests[root]
  return {
    row: rowAt(model, root),
    ...(manifest === undefined ? {} : {
      contract: {
        format: manifest.output.format,
        codec: manifest.output.codec,
        metadata: manifest.output.metadata,
        preload: manifest.preload ?? false
      }
    }),
    selected: (manifest?.artifacts ?? []).toSorted((a, b) => a.index - b.index).map(({ file }) => file)
  }
}

/** True if a row shows what the model has at its root. */
export const isRowOf = (names: Names, model: Model, row: Row): boolean => {
  const expected = rowAt(model, row.root)
  return names.isSame(expected.assetUuid, row.assetUuid) && isDeepStrictEqual(names.translate(expected), row)
}

/** What is wrong with a list that is to show the model. */
export const listProblem = (names: Names, model: Model, rows: ReadonlyArray<Row>): string | undefined => {
  const roots = rootsOf(model)
  if (!isDeepStrictEqual(rows.map(({ root }) => root), roots)) {
    return `the model has ${roots.join(", ")}, listed are ${rows.map(({ root }) => root).join(", ")}`
  }
  const wrong = rows.find((row) => !isRowOf(names, model, row))
  if (wrong === undefined) return undefined
  return `the model has ${JSON.stringify(names.translate(rowAt(model, wrong.root)))}, listed is ${
    JSON.stringify(wrong)
  }`
}

/** What is wrong with the page of an asset that is to show the model. */
export const pageProblem = (names: Names, model: Model, root: string, page: Page): string | undefined => {
  const expected = pageAt(model, root)
  const isSame = names.isSame(expected.row.assetUuid, page.row.assetUuid)
  if (isSame && isDeepStrictEqual(names.translate(expected), page)) return undefined
  return `the model has ${JSON.stringify(names.translate(expected))}, shown is ${JSON.stringify(page)}`
}

/** What is wrong with plain files that are to be what the model says. */
export const diskProblem = (names: Names, model: Model, disk: Model): string | undefined => {
  for (const [root, manifest] of Object.entries(model.manifests)) {
    if (!names.isSame(manifest?.asset_uuid, disk.manifests[root]?.asset_uuid)) {
      return `the uuid at ${root} is another one`
    }
  }
  const expected = names.translate(model)
  const found = names.translate(disk)
  const wrong = (["folders", "files", "manifests", "entries", "doubtful", "nextId", "readOnly"] as const).find((key) =>
    !isDeepStrictEqual(expected[key], found[key])
  )
  if (wrong === undefined) return undefined
  return `${wrong} are ${JSON.stringify(found[wrong])}, in the model ${JSON.stringify(expected[wrong])}`
}

/** Which roots are there in one model and not in another, and of which ones something is different. */
export const changesOf = (before: Model, after: Model) => {
  const [was, is] = [rootsOf(before), rootsOf(after)]
  return {
    added: is.filter((root) => !was.includes(root)),
    removed: was.filter((root) => !is.includes(root)),
    updated: is.filter((root) => was.includes(root) && !isDeepStrictEqual(pageAt(before, root), pageAt(after, root)))
  }
}
