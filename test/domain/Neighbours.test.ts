/** What is asked of neighbours again and again is answered as if it were asked for the first time. */
import { assert, describe, it } from "@effect/vitest"
import { Arbitrary } from "effect"
import { clashOf, type Neighbours, neighboursOf, outerOf, putAsset } from "../../src/domain/Neighbours.ts"
import { type AssetRoot, compareText, foldPath, parentsOf } from "../../src/domain/Path.ts"
import { runSteps } from "../../src/domain/Steps.ts"
import { ProjectTree } from "../../src/testing/ProjectTree.ts"
import { pick } from "../support/Arbitraries.ts"
import { manifest, root } from "../support/Workspace.ts"

const rootText = pick(
  "a",
  "A",
  "a/b",
  "a/b/c",
  "A/b",
  "ab",
  "ab/c",
  "ui/x",
  "ui/y",
  "UI/x/z",
  "é/k",
  "É/k",
  "z/deep/er"
)

const folderOf = (text: string): string => text.slice(0, Math.max(0, text.lastIndexOf("/")))

/** The neighbours of roots that are all on disk, but for those that only the registry has. */
const neighbours = (texts: ReadonlyArray<string>, missing: ReadonlyArray<string>): Neighbours => {
  const tree = ProjectTree.of(Object.fromEntries(texts.map((text) => [`${text}/asset.json`, manifest({})])))
  const assets = Array.from(
    tree.open().assets.values(),
    (asset) => missing.includes(asset.root) ? { ...asset, onDisk: undefined } : asset
  )
  return runSteps(neighboursOf(assets))
}

const plainOuterOf = ({ assets }: Neighbours, asked: AssetRoot): string | undefined =>
  parentsOf(asked).findLast((parent) => assets.get(root(parent))?.onDisk !== undefined)

const plainClashOf = ({ folders }: Neighbours, asked: AssetRoot) => {
  for (const own of [...parentsOf(asked), asked]) {
    const other = folders.get(foldPath(own))?.find(({ path }) => path !== own)
    if (other !== undefined) return { own, other: other.path }
  }
  return undefined
}

const some = Arbitrary.array(rootText, { maxLength: 8 })

describe("neighbours", () => {
  it.prop(
    "are answered for the snapshot that is asked, whatever was asked of another one before",
    { one: some, two: some, missing: some, asked: Arbitrary.array(rootText, { maxLength: 12 }) },
    ({ asked, missing, one, two }) => {
      const first = neighbours(one, missing)
      const second = neighbours(two, [])
      // The same assets, and other folders.
      const third: Neighbours = { ...first, folders: second.folders }
      for (const text of asked) {
        for (const around of [first, second, third]) {
          assert.strictEqual(outerOf(around, root(text)), plainOuterOf(around, root(text)))
          assert.deepStrictEqual(clashOf(text, around), plainClashOf(around, root(text)))
        }
      }
    },
    { arbitrary: { runs: 500, seed: "neighbours" } }
  )

  it.prop(
    "are the same for assets that came at once and one by one",
    { roots: some },
    ({ roots }) => {
      const all = neighbours(roots, [])
      const shuffled = Array.from(all.assets.values()).toSorted((a, b) =>
        compareText(folderOf(b.root), folderOf(a.root))
      )
      const none: Neighbours = runSteps(neighboursOf([]))
      const oneByOne = shuffled.reduce((next, asset) => putAsset(next, asset.root, asset), none)
      for (const key of ["assets", "folders", "carriers"] as const) {
        assert.deepStrictEqual<unknown>([...oneByOne[key]], [...all[key]])
      }
      const gone = shuffled.reduce((next, asset) => putAsset(next, asset.root, undefined), oneByOne)
      for (const key of ["assets", "folders", "carriers"] as const) assert.deepStrictEqual<unknown>([...gone[key]], [])
    },
    { arbitrary: { runs: 500, seed: "neighbours one by one" } }
  )
})
