import { assert, describe, expect, it } from "@effect/vitest"
import { Arbitrary, Effect, Schema } from "effect"
import { type FileStep, netSteps } from "../../src/domain/FileStep.ts"
import { AssetRoot, isInside, parentsOf } from "../../src/domain/Path.ts"
import type { FileState } from "../../src/domain/Seen.ts"

/** The plainest disk: what is at each path, a folder with its id or a file with its content. */
type Entry = { readonly folder: string | undefined } | { readonly file: string }
type Tree = ReadonlyMap<string, Entry>

/** A disk, and what was thrown away from it, in order. */
interface Disk {
  readonly tree: Tree
  readonly trash: ReadonlyArray<Tree>
}

const encode = (content: string): Uint8Array => new TextEncoder().encode(content)
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

const stateOf = (entry: Entry | undefined): FileState =>
  entry === undefined || !("file" in entry)
    ? { _tag: "Absent" }
    : { _tag: "File", fingerprint: { hash: entry.file, size: entry.file.length, mtimeMs: 0, inode: "" } }

/** A folder and all that is in it, with paths from there on. */
const subtree = (tree: Tree, folder: string): Tree =>
  new Map(
    Array.from(tree).flatMap(([path, entry]) =>
      path === folder || isInside(path, folder) ? [[path.slice(folder.length), entry] as const] : []
    )
  )

const withoutFolder = (tree: Tree, folder: string): Tree =>
  new Map(Array.from(tree).filter(([path]) => path !== folder && !isInside(path, folder)))

/** Carries out one step, and does not let it do anything that a disk would refuse. */
const carryOut = ({ trash, tree }: Disk, step: FileStep): Disk => {
  const placeIsFree = (path: string): void => {
    assert.isFalse(tree.has(path), `${path} is taken`)
    for (const parent of parentsOf(path)) assert.property(tree.get(parent), "folder", `${parent} is no folder`)
  }
  const folderIsThere = (path: string, folder: string | undefined): void =>
    assert.deepStrictEqual(tree.get(path), { folder }, `${path} is not that folder`)
  switch (step._tag) {
    case "create-directory":
      placeIsFree(step.to)
      return { trash, tree: new Map([...tree, [step.to, { folder: undefined }]]) }
    case "write-file":
      if (!tree.has(step.to)) placeIsFree(step.to)
      assert.deepStrictEqual(stateOf(tree.get(step.to)), step.before, `${step.to} is not what was there before`)
      return { trash, tree: new Map([...tree, [step.to, { file: decode(step.bytes) }]]) }
    case "move-directory": {
      folderIsThere(step.from, step.folderId)
      placeIsFree(step.to)
      const moved = Array.from(subtree(tree, step.from), ([path, entry]) => [step.to + path, entry] as const)
      return { trash, tree: new Map([...withoutFolder(tree, step.from), ...moved]) }
    }
    case "trash-directory":
      folderIsThere(step.from, step.folderId)
      return { trash: [...trash, subtree(tree, step.from)], tree: withoutFolder(tree, step.from) }
  }
}

const carryOutAll = (tree: Tree, steps: ReadonlyArray<FileStep>): Disk => steps.reduce(carryOut, { tree, trash: [] })

/** What commands mean to do. Most of it is not possible at its time, and then left out. */
interface Wish {
  readonly kind: "create" | "edit" | "move" | "trash"
  readonly root: string
  readonly to: string
}

const manifestIn = (root: string): string => `${root}/asset.json`

/** The steps of a wish on a disk, as commands plan them: no asset lies inside another, and only assets move or go. */
const stepsOf = ({ tree }: Disk, { kind, root, to }: Wish, content: string): ReadonlyArray<FileStep> => {
  const isAsset = (path: string): boolean => tree.has(manifestIn(path))
  const folderId = (path: string): string | undefined => {
    const entry = tree.get(path)
    return entry !== undefined && "folder" in entry ? entry.folder : undefined
  }
  const isFree = (path: string): boolean => !tree.has(path) && !parentsOf(path).some(isAsset)
  const makeParents = (path: string): ReadonlyArray<FileStep> =>
    parentsOf(path).filter((parent) => !tree.has(parent)).map((to) => ({ _tag: "create-directory", to }))
  const write: FileStep = {
    _tag: "write-file",
    to: manifestIn(root),
    bytes: encode(content),
    before: stateOf(tree.get(manifestIn(root)))
  }
  switch (kind) {
    case "create":
      return isFree(root) ? [...makeParents(root), { _tag: "create-directory", to: root }, write] : []
    case "edit":
      return isAsset(root) ? [write] : []
    case "move":
      return isAsset(root) && isFree(to)
        ? [...makeParents(to), { _tag: "move-directory", from: root, to, folderId: folderId(root) }]
        : []
    case "trash": {
      const asset = { root: AssetRoot.make(root) }
      return isAsset(root) ? [{ _tag: "trash-directory", from: root, folderId: folderId(root), asset }] : []
    }
  }
}

/** All steps of the wishes, each planned on the disk that the ones before leave. */
const stepsOfAll = (wishes: ReadonlyArray<Wish>): ReadonlyArray<FileStep> => {
  const steps: Array<FileStep> = []
  let disk: Disk = { tree: start, trash: [] }
  for (const [i, wish] of wishes.entries()) {
    const own = stepsOf(disk, wish, `content ${i}`)
    steps.push(...own)
    disk = own.reduce(carryOut, disk)
  }
  return steps
}

const asset = (root: string): ReadonlyArray<readonly [string, Entry]> => [
  [root, { folder: `id of ${root}` }],
  [manifestIn(root), { file: `manifest of ${root}` }],
  [`${root}/art.png`, { file: `picture of ${root}` }]
]
const start: Tree = new Map([
  ...asset("p"),
  ["q", { folder: "id of q" }],
  ...asset("q/a"),
  ...asset("q/b"),
  ["r", { folder: "id of r" }]
])

const roots = Arbitrary.schema(Schema.Literals(["p", "p/a", "p/a/b", "q/a", "q/b", "q/n", "r/a", "s/t/u", "m", "n"]))
const kinds = Arbitrary.schema(Schema.Literals(["create", "create", "edit", "move", "move", "trash"]))
const wishes = Arbitrary.array(Arbitrary.all({ kind: kinds, root: roots, to: roots }), { minLength: 1, maxLength: 40 })
const seeded = (seed: string) => ({ arbitrary: { runs: 1000, seed, size: 60 } })

const made = (steps: ReadonlyArray<FileStep>) =>
  steps.flatMap((step) => step._tag === "create-directory" ? [step.to] : [])
const written = (steps: ReadonlyArray<FileStep>) => steps.flatMap((step) => step._tag === "write-file" ? [step.to] : [])
const removed = (steps: ReadonlyArray<FileStep>) => steps.flatMap((step) => "from" in step ? [step.from] : [])

describe("net steps", () => {
  it.prop("leave the tree that all steps leave", { wishes }, ({ wishes }) => {
    const steps = stepsOfAll(wishes)
    assert.deepStrictEqual(
      new Map(carryOutAll(start, netSteps(steps)).tree),
      new Map(carryOutAll(start, steps).tree)
    )
  }, seeded("tree"))

  it.prop(
    "throw away what all steps throw away, as it was before them, but not what they made",
    { wishes },
    ({ wishes }) => {
      const steps = stepsOfAll(wishes)
      const found = carryOutAll(start, steps).trash.flatMap((thrown) => {
        const picture = thrown.get("/art.png")
        return picture !== undefined && "file" in picture ? [picture.file.replace("picture of ", "")] : []
      })
      assert.deepStrictEqual(carryOutAll(start, netSteps(steps)).trash, found.map((root) => subtree(start, root)))
    },
    seeded("trash")
  )

  it.prop("write each file once, after all folders are in place", { wishes }, ({ wishes }) => {
    const net = netSteps(stepsOfAll(wishes))
    assert.strictEqual(new Set(written(net)).size, written(net).length)
    assert.deepStrictEqual(written(net.slice(net.length - written(net).length)), written(net))
  }, seeded("writes"))

  it.prop("make no folder that they move or throw away later", { wishes }, ({ wishes }) => {
    const net = netSteps(stepsOfAll(wishes))
    for (const [i, step] of net.entries()) {
      if (step._tag === "create-directory") assert.notInclude(removed(net.slice(i)), step.to)
    }
  }, seeded("makes"))

  it.prop("are their own net steps", { wishes }, ({ wishes }) => {
    const net = netSteps(stepsOfAll(wishes))
    assert.deepStrictEqual(netSteps(net), net)
  }, seeded("net of net"))

  it.effect("are fewer for many of the generated lists, in each of the ways", () =>
    Effect.gen(function*() {
      const lists = yield* Arbitrary.sampleEffect(wishes, { count: 500, seed: "tree", size: 60 })
      const fewer = (of: (steps: ReadonlyArray<FileStep>) => ReadonlyArray<string>) =>
        lists.map(stepsOfAll).filter((steps) => of(netSteps(steps)).length < of(steps).length).length
      for (const  of of[made, written, removed]) assert.isAbove(fewer(of), 100)
    }))
})

describe("the net steps of", () => {
  const dir = (to: string): FileStep => ({ _tag: "create-directory", to })
  const write = (to: string, content: string, before?: string): FileStep => ({
    _tag: "write-file",
    to,
    bytes: encode(content),
    before: stateOf(before === undefined ? undefined : { file: before })
  })
  const move = (from: string, to: string): FileStep => ({ _tag: "move-directory", from, to, folderId: undefined })
  const trash = (from: string): FileStep => ({
    _tag: "trash-directory",
    from,
    folderId: undefined,
    asset: { root: AssetRoot.make(from) }
  })

  it.each<readonly [string, ReadonlyArray<FileStep>, ReadonlyArray<FileStep>]>([
    ["nothing are none", [], []],
    [
      "one command are its steps",
      [dir("a"), dir("a/b"), write("a/b/asset.json", "1")],
      [dir("a"), dir("a/b"), write("a/b/asset.json", "1")]
    ],
    [
      "two edits are one, on what was there at first",
      [write("a/asset.json", "2", "1"), write("a/asset.json", "3", "2")],
      [write("a/asset.json", "3", "1")]
    ],
    [
      "an edit before a move are the edit at the new place",
      [write("a/asset.json", "2", "1"), move("a", "b")],
      [move("a", "b"), write("b/asset.json", "2", "1")]
    ],
    [
      "making and moving are making at the new place",
      [dir("a"), write("a/asset.json", "1"), dir("p"), move("a", "p/b")],
      [dir("p"), dir("p/b"), write("p/b/asset.json", "1")]
    ],
    [
      "making, moving and deleting are none but for the parents",
      [dir("p"), dir("p/a"), write("p/a/asset.json", "1"), move("p/a", "b"), trash("b")],
      [dir("p")]
    ],
    [
      "an edit and a deletion are the deletion",
      [write("a/asset.json", "2", "1"), trash("a")],
      [trash("a")]
    ],
    [
      "replacing a folder keep it apart from the new one",
      [trash("a"), dir("a"), write("a/asset.json", "2")],
      [trash("a"), dir("a"), write("a/asset.json", "2")]
    ],
    [
      "exchanging two folders are three moves",
      [move("a", "t"), move("b", "a"), move("t", "b")],
      [move("a", "t"), move("b", "a"), move("t", "b")]
    ],
    [
      "an edit of each of two folders that change places stay with them",
      [
        write("a/asset.json", "a2", "a1"),
        move("a", "t"),
        move("b", "a"),
        write("a/asset.json", "b2", "b1"),
        move("t", "b")
      ],
      [
        move("a", "t"),
        move("b", "a"),
        move("t", "b"),
        write("a/asset.json", "b2", "b1"),
        write("b/asset.json", "a2", "a1")
      ]
    ]
  ])("%s", (_, steps, net) => {
    expect(netSteps(steps)).toEqual(net)
  })
})
