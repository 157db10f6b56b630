/** Projects and commands out of small sets of names, so that they meet each other often. */
import { Schema } from "effect"
import { Command, type SingleCommand } from "../../src/domain/Command.ts"
import type { AssetRef } from "../../src/domain/Identity.ts"
import { ProjectTree, testUuid } from "../../src/testing/ProjectTree.ts"
import { entry, manifest, registry } from "../support/Workspace.ts"

const roots = ["a", "a/b", "A", "ui/x", "ui/y", "UI/x", "é/k", "snd", "z/deep/er"] as const
const targets = [
  ...roots,
  "new",
  "ui/z",
  "a/b/c",
  "snd/in",
  "file",
  "file/x",
  "",
  "../up",
  "x:y",
  "con",
  "nul\\x"
] as const
const files = ["one.png", "two.png", "sub/three.png", "four.wav", "five.txt"] as const
const numbers = [1, 2, 3, 4, 5] as const

/** Lists of files that a composition may ask for, most of them possible for some folder. */
const compositions = {
  none: [],
  one: ["one.png"],
  two: ["two.png", "one.png"],
  three: ["sub/three.png", "one.png", "two.png"],
  sound: ["four.wav"],
  twice: ["one.png", "one.png"],
  missing: ["one.png", "missing.png"],
  text: ["five.txt"]
} as const
/** What lies in a folder besides the manifest. */
const contents = { all: files, some: ["one.png", "two.png"], sound: ["four.wav"], nothing: [] } as const
type Composition = keyof typeof compositions
// The keys of the object that is written out just above.
const compositionNames = Object.keys(compositions) as Array<Composition>

/** One of these values; one that is listed twice comes twice as often. */
const oneOf = <const L extends ReadonlyArray<string | number | boolean>>(values: L) =>
  Schema.Union(values.map((value: L[number]) => Schema.Literal(value)))

const Folder = Schema.Struct({
  root: Schema.Literals(roots),
  manifest: oneOf(["plain", "plain", "plain", "plain", "plain", "sound", "unknown family", "broken", "none"]),
  uuid: oneOf(["own", "own", "own", "none", "of another"]),
  registration: oneOf(["registered", "registered", "excluded", "none"]),
  files: oneOf(["all", "all", "all", "some", "sound", "nothing"]),
  artifacts: Schema.Array(Schema.Literals(files)).check(Schema.isMaxLength(2)),
  preload: oneOf(["absent", "true", "false"])
})

const Entry = Schema.Struct({
  id: Schema.Literals(numbers),
  uuid: Schema.Literals(numbers),
  root: oneOf([...roots, "bad\\root"]),
  included: Schema.Boolean,
  whole: oneOf([true, true, true, false])
})

/** What a generated project holds; shrinks to few folders and entries. */
export const ProjectSpec = Schema.Struct({
  folders: Schema.Array(Folder).check(Schema.isMinLength(1), Schema.isMaxLength(5)),
  registry: oneOf(["valid", "valid", "valid", "valid", "valid", "valid", "absent", "broken"]),
  /** Entries besides those of the folders: some of them contradict these. */
  entries: Schema.Array(Entry).check(Schema.isMaxLength(2)),
  next: oneOf([0, 0, 3, 20])
})

const Ref = Schema.Union([
  Schema.Struct({ id: oneOf([1, 1, 1, 2, 2, 3]) }),
  Schema.Struct({ id: oneOf([1, 1, 2]) }),
  Schema.Struct({ uuid: oneOf([1, 2, 3, 4]) }),
  Schema.Struct({ root: oneOf(roots) })
])

const SingleSpec = Schema.Union([
  Schema.Struct({
    kind: Schema.Literal("create"),
    root: Schema.Literals(targets),
    name: oneOf(["n", "n", "n", ""]),
    family: oneOf(["tile_bank", "sound_bank", "no_bank"]),
    codec: oneOf(["", "", "none", "nonsense"])
  }),
  Schema.Struct({ kind: Schema.Literal("register"), root: Schema.Literals(roots), new: Schema.Boolean }),
  Schema.Struct({ kind: Schema.Literal("unregister"), asset: Ref }),
  Schema.Struct({ kind: Schema.Literal("setBuildParticipation"), asset: Ref, included: Schema.Boolean }),
  Schema.Struct({
    kind: Schema.Literal("updateContract"),
    asset: Ref,
    name: oneOf(["", "m", "keep"]),
    preload: oneOf(["keep", "true", "false"]),
    codec: oneOf(["keep", "none", "nonsense"])
  }),
  Schema.Struct({ kind: Schema.Literal("relocate"), asset: Ref, to: Schema.Literals(targets) }),
  Schema.Struct({ kind: Schema.Literal("delete"), asset: Ref }),
  Schema.Struct({ kind: Schema.Literal("applyBankComposition"), asset: Ref, files: Schema.Literals(compositionNames) })
])

/** What a generated command says. */
export const CommandSpec = Schema.Union([
  SingleSpec,
  SingleSpec,
  SingleSpec,
  Schema.Struct({ kind: Schema.Literal("batch"), parts: Schema.Array(SingleSpec).check(Schema.isMaxLength(5)) })
])

/** A folder as its spec says. */
export const treeOf = (spec: typeof ProjectSpec.Type): ProjectTree => {
  const tree = ProjectTree.of({ file: "in the way" })
  for (const [place, folder] of spec.folders.entries()) {
    tree.putFolder(folder.root)
    for (const file of contents[folder.files]) tree.put(`${folder.root}/${file}`, `content of ${file}`)
    if (folder.manifest === "none") continue
    const sound = folder.manifest === "sound"
    const text = manifest({
      ...(folder.uuid === "none" ? {} : { asset_uuid: testUuid(folder.uuid === "own" ? place + 1 : place) }),
      ...(folder.preload === "absent" ? {} : { preload: folder.preload === "true" }),
      ...(folder.manifest === "unknown family" ? { family: "odd_bank" } : {}),
      ...(sound
        ? { family: "sound_bank", output: { format: "SOUND/pcm_v1", codec: "none", metadata: { sample_rate: 22050 } } }
        : {}),
      ...(folder.artifacts.length === 0 ? {} : { artifacts: folder.artifacts.map((file, index) => ({ index, file })) })
    })
    tree.put(`${folder.root}/asset.json`, folder.manifest === "broken" ? text.slice(0, -4) : text)
  }
  if (spec.registry === "absent") return tree
  const own = spec.folders.flatMap(({ registration, root }, place) =>
    registration === "none" ? [] : [entry(place + 1, root, { included_in_build: registration === "registered" })]
  )
  const others = spec.entries.map(({ id, included, root, uuid, whole }) => {
    const made = entry(id, root, { asset_uuid: testUuid(uuid), included_in_build: included })
    return whole ? made : { asset_id: made.asset_id, root: made.root }
  })
  const text = registry([...own, ...others], spec.next === 0 ? {} : { next_asset_id: spec.next })
  tree.put(".prometeu/index.json", spec.registry === "broken" ? text.slice(1) : text)
  return tree
}

const refOf = (ref: typeof Ref.Type): AssetRef => "uuid" in ref ? { uuid: testUuid(ref.uuid) } : ref

/** Does not compile with a kind of command that nothing generates. */
type Generated = [SingleCommand["_tag"]] extends [(typeof SingleSpec.Type)["kind"]] ? typeof SingleSpec.Type : never

const singleOf = (spec: Generated): SingleCommand => {
  switch (spec.kind) {
    case "create":
      return Command.create({
        root: spec.root,
        name: spec.name,
        family: spec.family,
        ...(spec.codec === "" ? {} : { output: { codec: spec.codec } })
      })
    case "register":
      return Command.register({ root: spec.root, ...(spec.new ? { identity: "new" as const } : {}) })
    case "unregister":
      return Command.unregister({ asset: refOf(spec.asset) })
    case "setBuildParticipation":
      return Command.setBuildParticipation({ asset: refOf(spec.asset), included: spec.included })
    case "updateContract":
      return Command.updateContract({
        asset: refOf(spec.asset),
        ...(spec.name === "keep" ? {} : { name: spec.name }),
        ...(spec.preload === "keep" ? {} : { preload: spec.preload === "true" }),
        ...(spec.codec === "keep" ? {} : { output: { codec: spec.codec } })
      })
    case "relocate":
      return Command.relocate({ asset: refOf(spec.asset), to: spec.to })
    case "delete":
      return Command.delete({ asset: refOf(spec.asset) })
    case "applyBankComposition":
      return Command.applyBankComposition({ asset: refOf(spec.asset), files: compositions[spec.files] })
  }
}

/** A command as its spec says. */
export const commandOf = (spec: typeof CommandSpec.Type): Command =>
  spec.kind === "batch" ? Command.batch({ commands: spec.parts.map(singleOf) }) : singleOf(spec)

/** What is odd about a project: things that the plain model knows nothing of. */
export const Oddity = oneOf([
  "folder in another normalization",
  "link in an asset",
  "link as a root",
  "link above roots",
  "illegal file",
  "files that collide",
  "illegal inner root",
  "unknown keys",
  "inputsByRole",
  "carriage returns",
  "indexes with gaps",
  "rows with own keys",
  "entries with own keys",
  "three entries with one id"
])

const odd = (change: (manifest: Record<string, unknown>) => Record<string, unknown>) => (tree: ProjectTree): void => {
  for (const place of tree.roots()) {
    try {
      tree.put(
        `${place}/asset.json`,
        `${JSON.stringify(change(JSON.parse(tree.text(`${place}/asset.json`) ?? "")), null, 2)}\n`
      )
    } catch {
      // A broken manifest stays as it is.
    }
  }
}

const withRows = (row: (index: number) => Record<string, unknown>) =>
  odd((json) => ({ ...json, artifacts: [{ ...row(0), file: "one.png" }, { ...row(1), file: "two.png" }] }))

const oddities: Readonly<Record<typeof Oddity.Type, (tree: ProjectTree) => void>> = {
  "folder in another normalization": (tree) => {
    tree.remove("\u00e9")
    tree.put("e\u0301/k/asset.json", manifest({ asset_uuid: testUuid(1) }))
    tree.put("e\u0301/k/one.png", "one")
  },
  "link in an asset": (tree) => tree.putLink("a/link.png"),
  "link as a root": (tree) => {
    tree.remove("ui/y")
    tree.putLink("ui/y")
  },
  "link above roots": (tree) => {
    tree.remove("z")
    tree.putLink("z")
  },
  "illegal file": (tree) => tree.put("a/what?.png", "x"),
  "files that collide": (tree) => tree.put("a/ONE.png", "x"),
  "illegal inner root": (tree) => tree.put("ui/x/con/asset.json", manifest()),
  "unknown keys": odd((json) => ({ note: { deep: [1, "x"] }, ...json, last: null })),
  inputsByRole: odd((json) => ({ ...json, inputsByRole: { main: ["one.png"] } })),
  "carriage returns": (tree) => {
    for (const place of tree.roots()) {
      tree.put(`${place}/asset.json`, (tree.text(`${place}/asset.json`) ?? "").replaceAll("\n", "\r\n"))
    }
  },
  "indexes with gaps": withRows((index) => ({ index: index * 3 + 1 })),
  "rows with own keys": withRows((index) => ({ index, note: "mine" })),
  "entries with own keys": (tree) => {
    const text = tree.text(".prometeu/index.json")
    if (text !== undefined) {
      tree.put(".prometeu/index.json", text.replaceAll("\"included_in_build\"", "\"note\":1e2,\"included_in_build\""))
    }
  },
  "three entries with one id": (tree) => {
    const places = ["a", "ui/x", "snd"]
    const entries = places.map((place, n) => entry(1, place, { asset_uuid: testUuid(n + 1) }))
    tree.put(".prometeu/index.json", registry([...entries, entry(9, "A")]))
  }
}

/** A folder as its spec says, made odd. */
export const oddTreeOf = (spec: typeof ProjectSpec.Type, odds: ReadonlyArray<typeof Oddity.Type>): ProjectTree => {
  const tree = treeOf(spec)
  for (const one of odds) oddities[one](tree)
  return tree
}
