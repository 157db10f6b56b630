/**
 * A plain, slow, obviously right model of a project: arrays, `JSON.parse`, and no code of the packer.
 *
 * It knows the manifests, registries and arguments that the generators make, and says of each command whether it is
 * refused and what the folder holds afterwards.
 */
import type { Command, SingleCommand } from "../../src/domain/Command.ts"
import type { ProjectTree } from "../../src/testing/ProjectTree.ts"

interface Entry {
  readonly asset_id: number
  readonly asset_uuid: string
  readonly root: string
  readonly included_in_build: boolean
}

interface ManifestJson {
  readonly asset_uuid?: string
  readonly name: string
  readonly family: string
  readonly output: { readonly format: string; readonly codec: string; readonly metadata: unknown }
  readonly preload?: boolean
  readonly artifacts?: ReadonlyArray<{ readonly index: number; readonly file: string }>
}

export interface Model {
  readonly folders: ReadonlyArray<string>
  /** All plain files but manifests and the registry. */
  readonly files: Readonly<Record<string, string>>
  /** By root; `undefined` is a manifest that is not valid. */
  readonly manifests: Readonly<Record<string, ManifestJson | undefined>>
  readonly entries: ReadonlyArray<Entry>
  /** Entries that cannot be believed. */
  readonly doubtful: ReadonlyArray<Partial<Entry>>
  readonly nextId: number
  readonly readOnly: boolean
}

const byKey = <A>(record: Readonly<Record<string, A>>): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => a < b ? -1 : 1))

const parseManifest = (text: string): ManifestJson | undefined => {
  try {
    const value = JSON.parse(text)
    return typeof value.name === "string" && typeof value.output === "object" ? value : undefined
  } catch {
    return undefined
  }
}

const parseRegistry = (
  text: string | undefined
): { assets: ReadonlyArray<Partial<Entry>>; next: number } | undefined => {
  if (text === undefined) return { assets: [], next: 1 }
  try {
    const value = JSON.parse(text)
    return { assets: value.assets, next: value.next_asset_id ?? 1 }
  } catch {
    return undefined
  }
}

const isWhole = (entry: Partial<Entry>): entry is Entry =>
  typeof entry.included_in_build === "boolean" && pathIsLegal(entry.root ?? "")

/** What a folder means. */
export const modelOf = (tree: ProjectTree): Model => {
  const entries = tree.entries().filter(([path]) => path !== ".prometeu")
  const folders = entries.flatMap(([path, node]) => node === "folder" ? [path] : [])
  const files: Record<string, string> = {}
  const manifests: Record<string, ManifestJson | undefined> = {}
  for (const [path, node] of entries) {
    if (node === "folder" || path === ".prometeu/index.json") continue
    if (path.endsWith("/asset.json")) manifests[path.slice(0, -"/asset.json".length)] = parseManifest(node.slice(5))
    else files[path] = node
  }
  const registry = parseRegistry(tree.text(".prometeu/index.json"))
  const assets = registry?.assets ?? []
  const shared = (key: keyof Entry, entry: Partial<Entry>) =>
    assets.filter((other) => other[key] !== undefined && other[key] === entry[key]).length > 1
  const believed = assets.filter((entry) =>
    !shared("asset_id", entry) && !shared("asset_uuid", entry) && !shared("root", entry)
  ).filter(isWhole)
  return {
    folders,
    files: byKey(files),
    manifests: byKey(manifests),
    entries: believed.toSorted((a, b) => a.root < b.root ? -1 : 1),
    doubtful: assets.filter((entry) => !believed.some((other) => other === entry)),
    nextId: Math.max(registry?.next ?? 1, 1, ...assets.map((entry) => (entry.asset_id ?? 0) + 1)),
    readOnly: registry === undefined
  }
}

const pathIsLegal = (path: string): boolean =>
  path !== "" && !path.includes("\\") &&
  path.split("/").every((segment) =>
    segment !== "" && segment !== ".." && !segment.startsWith(".prometeu") && !/[:*?]/.test(segment) &&
    segment !== "con"
  )

const above = (path: string): ReadonlyArray<string> =>
  path.split("/").slice(0, -1).map((_, i, segments) => segments.slice(0, i + 1).join("/"))

const under = (path: string, folder: string): boolean => path.startsWith(`${folder}/`)

/** Every root that there is or that an entry names. */
export const knownRoots = (model: Model): ReadonlyArray<string> => [
  ...Object.keys(model.manifests),
  ...model.entries.map((entry) => entry.root),
  ...model.doubtful.flatMap((entry) => entry.root === undefined || !pathIsLegal(entry.root) ? [] : [entry.root])
]

const entryAt = (model: Model, root: string) => model.entries.find((entry) => entry.root === root)

/** Where an asset is that is named in any way. */
export const find = (model: Model, ref: { id: number } | { uuid: string } | { root: string }): string | undefined => {
  if ("id" in ref) return model.entries.find((entry) => entry.asset_id === ref.id)?.root
  if ("root" in ref) return knownRoots(model).find((root) => root === ref.root.normalize("NFC"))
  const entry = model.entries.find((other) => other.asset_uuid === ref.uuid)
  if (entry !== undefined) return entry.root
  const carriers = Object.keys(model.manifests).filter((root) => model.manifests[root]?.asset_uuid === ref.uuid)
  return carriers.length === 1 ? carriers[0] : undefined
}

/** May an asset be put there; `moving` is where it comes from. */
const isFree = (model: Model, root: string, moving?: string): boolean => {
  const others = knownRoots(model).filter((other) => other !== moving)
  const spelled = new Set(others.flatMap((other) => [...above(other), other]))
  const clash = [...above(root), root].some((path) =>
    Array.from(spelled).some((other) => other !== path && other.toLowerCase() === path.toLowerCase())
  )
  const exists = model.folders.includes(root) || model.files[root] !== undefined
  const throughFile = above(root).some((parent) => model.files[parent] !== undefined)
  return pathIsLegal(root) && !exists && !throughFile && !clash && !knownRoots(model).includes(root) &&
    !others.some((other) => under(root, other) || under(other, root))
}

const withFolders = (model: Model, path: string): Model => ({
  ...model,
  folders: Array.from(new Set([...model.folders, ...above(path), path])).toSorted((a, b) => a < b ? -1 : 1)
})

const without = (model: Model, root: string): Model => {
  const keep = (path: string) => path !== root && !under(path, root)
  const only = <A>(record: Readonly<Record<string, A>>) =>
    Object.fromEntries(Object.entries(record).filter(([path]) => keep(path)))
  return { ...model, folders: model.folders.filter(keep), files: only(model.files), manifests: only(model.manifests) }
}

const withManifest = (model: Model, root: string, manifest: ManifestJson): Model => ({
  ...model,
  manifests: byKey({ ...model.manifests, [root]: manifest })
})

const sortEntries = (entries: ReadonlyArray<Entry>) => entries.toSorted((a, b) => a.root < b.root ? -1 : 1)

const withEntry = (model: Model, entry: Entry): Model => ({
  ...model,
  entries: sortEntries([...model.entries.filter((other) => other.asset_id !== entry.asset_id), entry]),
  nextId: Math.max(model.nextId, entry.asset_id + 1)
})

const withoutEntry = (model: Model, root: string): Model => ({
  ...model,
  entries: model.entries.filter((entry) => entry.root !== root)
})

/** Judges doubtful entries again, as reading the file anew would. */
const judged = (model: Model): Model => {
  const all = [...model.entries, ...model.doubtful]
  const alone = (entry: Partial<Entry>) =>
    isWhole(entry) &&
    (["asset_id", "asset_uuid", "root"] as const).every((key) =>
      all.filter((other) => other[key] === entry[key]).length === 1
    )
  const believed = all.filter(alone).filter(isWhole)
  return {
    ...model,
    entries: sortEntries(believed),
    doubtful: model.doubtful.filter((entry) => !believed.some((other) => other === entry))
  }
}

const extensions: Readonly<Record<string, ReadonlyArray<string>>> = {
  tile_bank: [".png"],
  sound_bank: [".wav"],
  palette_bank: [".pal", ".json"],
  glyph_bank: [".png"]
}

const defaults: Readonly<Record<string, ManifestJson["output"]>> = {
  tile_bank: { format: "TILES/indexed_v1", codec: "none", metadata: { tile_size: 16 } },
  sound_bank: { format: "SOUND/pcm_v1", codec: "none", metadata: { sample_rate: 44100 } }
}

/** What a command makes of a project, or `undefined` if it is refused. */
export const modelRun = (model: Model, command: Command, uuids: ReadonlyArray<string>): Model | undefined => {
  if (model.readOnly) return undefined
  const commands = command._tag === "batch" ? command.commands : [command]
  let state: Model | undefined = model
  for (const [part, single] of commands.entries()) {
    state = state === undefined ? undefined : runSingle(state, single, uuids[part] ?? "")
  }
  // An id that only a batch itself has seen was not given out.
  const ids = [...state?.entries ?? [], ...state?.doubtful ?? []].map((entry) => (entry.asset_id ?? 0) + 1)
  return state === undefined ? undefined : { ...state, nextId: Math.max(model.nextId, ...ids) }
}

const runSingle = (model: Model, command: SingleCommand, uuid: string): Model | undefined => {
  switch (command._tag) {
    case "create": {
      const output = defaults[command.family]
      if (output === undefined || command.name === "" || !isFree(model, command.root)) return undefined
      const manifest = {
        schema_version: 1,
        asset_uuid: uuid,
        name: command.name,
        family: command.family,
        output: { ...output, ...command.output },
        preload: command.preload ?? false,
        artifacts: []
      }
      if (manifest.output.codec === "nonsense") return undefined
      const entry = { asset_id: model.nextId, asset_uuid: uuid, root: command.root, included_in_build: true }
      return withEntry(withManifest(withFolders(model, command.root), command.root, manifest), entry)
    }
    case "register":
      return runRegister(model, command.root.normalize("NFC"), command.identity === "new", uuid)
    default: {
      const root = find(model, command.asset)
      if (root === undefined) return undefined
      // Of an asset whose entry is not believed, all that can be done is to register it again.
      if (model.doubtful.some((entry) => entry.root === root)) return undefined
      return runOnAsset(model, command, root)
    }
  }
}

const runRegister = (model: Model, root: string, asNew: boolean, uuid: string): Model | undefined => {
  const manifest = model.manifests[root]
  if (manifest === undefined || entryAt(model, root) !== undefined) return undefined
  if (above(root).some((parent) => parent in model.manifests)) return undefined
  const replaced = model.doubtful.filter((entry) => entry.root === root)
  const others = [...model.entries, ...model.doubtful.filter((entry) => !replaced.includes(entry))]
  const taken = (candidate: string) => others.some((entry) => entry.asset_uuid === candidate)
  if (!asNew && manifest.asset_uuid !== undefined && taken(manifest.asset_uuid)) return undefined
  const old = replaced.map((entry) => entry.asset_uuid).find((candidate) =>
    candidate !== undefined && !taken(candidate)
  )
  const identity = asNew ? uuid : manifest.asset_uuid ?? old ?? uuid
  const included = replaced.find(isWhole)?.included_in_build ?? true
  const entry = { asset_id: model.nextId, asset_uuid: identity, root, included_in_build: included }
  const registered = withEntry(
    { ...model, doubtful: model.doubtful.filter((other) => !replaced.includes(other)) },
    entry
  )
  return judged(withManifest(registered, root, { ...manifest, asset_uuid: identity }))
}

const runOnAsset = (
  model: Model,
  command: Exclude<SingleCommand, { readonly _tag: "create" | "register" }>,
  root: string
): Model | undefined => {
  const entry = entryAt(model, root)
  const manifest = model.manifests[root]
  const onDisk = root in model.manifests
  const holdsOthers = onDisk && Object.keys(model.manifests).some((other) => under(other, root))
  switch (command._tag) {
    case "unregister":
      return entry === undefined ? undefined : withoutEntry(model, root)
    case "setBuildParticipation":
      if (entry === undefined) return undefined
      if (entry.included_in_build === command.included) return model
      if (command.included && manifest === undefined) return undefined
      return withEntry(model, { ...entry, included_in_build: command.included })
    case "updateContract": {
      if (manifest === undefined || command.name === "") return undefined
      const outputs = command.output !== undefined
      if (outputs && (!(manifest.family in extensions) || command.output.codec === "nonsense")) return undefined
      const preload = command.preload ?? manifest.preload
      return withManifest(model, root, {
        ...manifest,
        name: command.name ?? manifest.name,
        // An absent preload is false: setting it to false writes nothing.
        ...(preload === undefined || (manifest.preload === undefined && !preload) ? {} : { preload }),
        output: { ...manifest.output, ...command.output }
      })
    }
    case "relocate": {
      const to = command.to.normalize("NFC")
      if (holdsOthers || !pathIsLegal(to)) return undefined
      if (to === root) return model
      if (under(to, root)) return undefined
      if (!onDisk) {
        const there = model.manifests[to]
        const taken = entryAt(model, to) !== undefined || model.doubtful.some((other) => other.root === to)
        const nested = above(to).some((parent) => parent in model.manifests)
        if (entry === undefined || taken || nested || there?.asset_uuid !== entry.asset_uuid) return undefined
        return withEntry(withoutEntry(model, root), { ...entry, root: to })
      }
      if (!isFree(model, to, root)) return undefined
      return moved(model, root, to)
    }
    case "delete": {
      if (holdsOthers) return undefined
      return withoutEntry(onDisk ? without(model, root) : model, root)
    }
    case "applyBankComposition": {
      if (manifest === undefined || !(manifest.family in extensions)) return undefined
      const kinds = extensions[manifest.family] ?? []
      const fits = command.files.every((file, i) =>
        command.files.indexOf(file) === i && model.files[`${root}/${file}`] !== undefined &&
        kinds.some((kind) => file.endsWith(kind))
      )
      if (!fits) return undefined
      if (command.files.length === 0 && (manifest.artifacts ?? []).length === 0) return model
      return withManifest(model, root, {
        ...manifest,
        artifacts: command.files.map((file, index) => ({ index, file }))
      })
    }
  }
}

const moved = (model: Model, root: string, to: string): Model => {
  const place = (path: string) => path === root ? to : under(path, root) ? to + path.slice(root.length) : path
  const all = <A>(record: Readonly<Record<string, A>>) =>
    byKey(Object.fromEntries(Object.entries(record).map(([path, value]) => [place(path), value])))
  const entry = entryAt(model, root)
  const there: Model = {
    ...model,
    folders: model.folders.map(place),
    files: all(model.files),
    manifests: all(model.manifests)
  }
  const placed = withFolders(there, to)
  return entry === undefined ? placed : withEntry(withoutEntry(placed, root), { ...entry, root: to })
}
