/**
 * The folder `assets/` of a project, in memory: to test rules, and hosts, without a disk.
 *
 * It is scanned, looked at and changed by whole plans at once. It is no disk: nothing fails, and nothing is half done.
 */
import * as Schema from "effect/Schema"

import type { Command } from "../domain/Command.ts"
import { looksOf } from "../domain/commands/AllCommands.ts"
import type { FileStep } from "../domain/FileStep.ts"
import { AssetUuid, OpeningId, type OperationId, ProjectId } from "../domain/Identity.ts"
import { type OpeningFacts, openSnapshot } from "../domain/Opening.ts"
import { advance, patch, rememberRegistry } from "../domain/Patch.ts"
import { type AssetRoot, compareText, isInside, parentsOf } from "../domain/Path.ts"
import type { Plan } from "../domain/Plan.ts"
import { printRegistry } from "../domain/RegistryCodec.ts"
import type { FileSeen, Fingerprint, FolderSeen, Look, Observed, RootSeen, Scan } from "../domain/Seen.ts"
import { stateOf } from "../domain/Seen.ts"
import { defaultSettings } from "../domain/Settings.ts"
import type { Snapshot } from "../domain/Snapshot.ts"

/** What is at a path: bytes are a file. */
type TreeNode = Uint8Array | "folder" | "link"

const registryPath = ".prometeu/index.json"
const encoder = new TextEncoder()
const decoder = new TextDecoder()
const uuidOf = Schema.decodeSync(AssetUuid)

/** Facts of an opening that tests need and do not care about. */
export const testOpening: OpeningFacts = {
  projectId: ProjectId.make("test-project"),
  openingId: OpeningId.make("opening-1"),
  settings: defaultSettings,
  readOnly: undefined
}

/** The n-th of a row of uuids that are all different. */
export const testUuid = (n: number): AssetUuid =>
  uuidOf(`0198c0de-7000-7000-8000-${(Math.floor(Math.abs(n)) % 2 ** 48).toString(16).padStart(12, "0")}`)

/** The folder `assets/` of a project, in memory. */
export class ProjectTree {
  readonly #nodes = new Map<string, TreeNode>()
  readonly #mounts = new Map<string, string>()

  /** A tree with these files; folders on the way to them are made. */
  static of(files: Readonly<Record<string, string | Uint8Array>>): ProjectTree {
    const tree = new ProjectTree()
    for (const [path, content] of Object.entries(files)) tree.put(path, content)
    return tree
  }

  /** A copy that can be changed by itself. */
  clone(): ProjectTree {
    const copy = new ProjectTree()
    for (const [path, node] of this.#nodes) copy.#nodes.set(path, node)
    for (const [path, device] of this.#mounts) copy.#mounts.set(path, device)
    return copy
  }

  /** Writes a file, and makes the folders on the way to it. */
  put(path: string, content: string | Uint8Array): void {
    this.#putNode(path, typeof content === "string" ? encoder.encode(content) : content)
  }

  /** Makes a folder, and those on the way to it. */
  putFolder(path: string): void {
    this.#putNode(path, "folder")
  }

  /** Makes a symbolic link, and the folders on the way to it. */
  putLink(path: string): void {
    this.#putNode(path, "link")
  }

  #putNode(path: string, node: TreeNode): void {
    for (const parent of parentsOf(path)) if (this.#nodes.get(parent) === undefined) this.#nodes.set(parent, "folder")
    this.#nodes.set(path, node)
  }

  /** Puts a folder, with all below it, on a device of its own. */
  mount(path: string, device: string): void {
    this.putFolder(path)
    this.#mounts.set(path, device)
  }

  /** The device that a path is on. */
  deviceOf(path: string): string {
    const mount = [...parentsOf(path), path].findLast((folder) => this.#mounts.has(folder))
    return (mount === undefined ? undefined : this.#mounts.get(mount)) ?? "device"
  }

  /** Removes whatever is at a path, and all below it. */
  remove(path: string): void {
    for (const other of this.#nodes.keys()) if (other === path || isInside(other, path)) this.#nodes.delete(other)
  }

  /** The text of the file at a path, if there is one. */
  text(path: string): string | undefined {
    const node = this.#nodes.get(path)
    return node instanceof Uint8Array ? decoder.decode(node) : undefined
  }

  /** Everything there is, sorted by path: two trees are equal if these are. */
  entries(): ReadonlyArray<readonly [string, string]> {
    return Array.from(
      this.#nodes,
      ([path, node]) => [path, node instanceof Uint8Array ? `file ${decoder.decode(node)}` : node] as const
    ).toSorted((a, b) => compareText(a[0], b[0]))
  }

  /** Every path that holds an `asset.json` and is no part of the packer's own folder. */
  roots(): ReadonlyArray<string> {
    return Array.from(this.#nodes.keys())
      .filter((path) => path.endsWith("/asset.json") && !path.startsWith(".prometeu/"))
      .map((path) => path.slice(0, -"/asset.json".length))
      .filter((root) => this.#obstacleTo(`${root}/asset.json`) === undefined)
      .toSorted(compareText)
  }

  /** What a scan of the whole tree finds. */
  scan(): Scan {
    const roots = this.roots()
    const within = (path: string) => roots.some((root) => isInside(path, root))
    return {
      registry: this.#file(registryPath),
      roots: roots.map((spelling) => ({
        spelling,
        manifest: this.#file(`${spelling}/asset.json`),
        folder: this.#folder(spelling)
      })),
      links: Array.from(this.#nodes).flatMap(([path, node]) =>
        node === "link" && !within(path) && !path.startsWith(".prometeu/") ? [path] : []
      ),
      unreadable: []
    }
  }

  /** The snapshot of a fresh opening. */
  open(opening: OpeningFacts = testOpening): Snapshot {
    return openSnapshot(this.scan(), opening)
  }

  /** What a command has to know of the disk before it is planned. New uuids are numbered from `firstUuid`. */
  observe(snapshot: Snapshot, command: Command, firstUuid = 900): Observed {
    const parts = command._tag === "batch" ? command.commands.length : 1
    return {
      roots: new Map(looksOf(snapshot, command).map((look) => [look.root, this.look(look)])),
      // The file that was read at opening, or written since, is the one that is expected.
      registry: stateOf(this.#file(registryPath)),
      runtimeDevice: this.deviceOf(".prometeu"),
      at: 0,
      newUuids: Array.from({ length: parts }, (_, part) => testUuid(firstUuid + part))
    }
  }

  /**
   * Carries out a plan, and gives the snapshot that shows it. A plan with blockers shows what it noticed. Throws if a
   * step finds what the plan did not expect: then the plan is wrong.
   */
  carryOut(snapshot: Snapshot, plan: Plan, operationId: OperationId): Snapshot {
    const noticed = plan.noticed === undefined ? snapshot : advance(snapshot, plan.noticed, operationId)
    if (plan.blockers.length > 0) return noticed
    const after = patch(noticed, {
      operationId,
      plan,
      fingerprints: this.#apply(plan.files),
      notPublished: new Map(),
      diverged: new Map()
    })
    return plan.registry.length > 0 ? this.#checkpoint(after) : after
  }

  /** Writes the registry, and gives the snapshot that expects this file from now on. */
  #checkpoint(snapshot: Snapshot): Snapshot {
    this.put(registryPath, printRegistry(snapshot.registry))
    return rememberRegistry(snapshot, stateOf(this.#file(registryPath)))
  }

  #apply(steps: ReadonlyArray<FileStep>): ReadonlyMap<AssetRoot, Fingerprint> {
    const written = new Map<AssetRoot, Fingerprint>()
    for (const step of steps) {
      switch (step._tag) {
        case "create-directory":
          this.#expect(this.#nodes.get(step.to) === undefined, `"${step.to}" is there already`)
          this.#expectParent(step.to)
          this.#nodes.set(step.to, "folder")
          break
        case "write-file": {
          const { before } = step
          const there = stateOf(this.#file(step.to))
          const same = before._tag === "File"
            ? there._tag === "File" && there.fingerprint.hash === before.fingerprint.hash
            : there._tag === before._tag
          this.#expect(same, `"${step.to}" is not what it was`)
          this.#expectParent(step.to)
          this.#nodes.set(step.to, step.bytes)
          // Plans only write manifests of legal roots; on disk these may be spelled in another normalization.
          written.set(step.to.slice(0, -"/asset.json".length).normalize("NFC") as AssetRoot, fingerprintOf(step.bytes))
          break
        }
        case "move-directory":
          this.#expect(this.#nodes.get(step.from) === "folder", `"${step.from}" is no folder`)
          this.#expect(this.#nodes.get(step.to) === undefined, `"${step.to}" is there already`)
          this.#expectParent(step.to)
          this.#move(step.from, step.to)
          break
        case "trash-directory":
          this.#expect(this.#nodes.get(step.from) === "folder", `"${step.from}" is no folder`)
          this.remove(step.from)
          break
      }
    }
    return written
  }

  #move(from: string, to: string): void {
    for (const [path, node] of this.#nodes) {
      if (path !== from && !isInside(path, from)) continue
      this.#nodes.delete(path)
      this.#nodes.set(to + path.slice(from.length), node)
    }
  }

  #expect(holds: boolean, otherwise: string): void {
    if (!holds) throw new Error(`The plan does not fit the tree: ${otherwise}.`)
  }

  #expectParent(path: string): void {
    const parent = parentsOf(path).at(-1)
    this.#expect(parent === undefined || this.#nodes.get(parent) === "folder", `there is no folder for "${path}"`)
  }

  /** The first thing above a path that is no folder. */
  #obstacleTo(path: string): string | undefined {
    return parentsOf(path).find((parent) => this.#nodes.get(parent) !== "folder")
  }

  #file(path: string): FileSeen {
    const node = this.#nodes.get(path)
    if (node === undefined || this.#obstacleTo(path) !== undefined) return { _tag: "Absent" }
    if (node === "link") return { _tag: "Link" }
    return node === "folder" ? { _tag: "NoFile" } : { _tag: "File", bytes: node, fingerprint: fingerprintOf(node) }
  }

  #folder(root: string): FolderSeen {
    const below = Array.from(this.#nodes).filter(([path]) => isInside(path, root))
    const inner = below.flatMap(([path]) =>
      path.endsWith("/asset.json") && path !== `${root}/asset.json` ? [path.slice(0, -"/asset.json".length)] : []
    )
    const own = below.filter(([path]) => !inner.some((other) => isInside(path, other)))
    const relative = (path: string) => path.slice(root.length + 1)
    return {
      files: own.flatMap(([path, node]) =>
        node instanceof Uint8Array ? [{ path: relative(path), size: node.length, mtimeMs: 0 }] : []
      ),
      links: own.flatMap(([path, node]) => node === "link" && path !== `${root}/asset.json` ? [relative(path)] : []),
      unreadable: [],
      innerRoots: inner.map(relative)
    }
  }

  /** What one look finds. */
  look({ list, spelling }: Look): RootSeen {
    const missingParents: Array<string> = []
    for (const parent of parentsOf(spelling)) {
      const node = this.#nodes.get(parent)
      if (node === undefined) missingParents.push(parent)
      else if (node !== "folder") {
        return { _tag: "Obstacle", kind: node === "link" ? "link" : "no-folder", path: parent }
      }
    }
    const node = this.#nodes.get(spelling)
    const device = this.deviceOf(spelling)
    if (node === undefined) {
      const realParent = parentsOf(spelling).findLast((parent) => this.#nodes.get(parent) === "folder") ?? ""
      return { _tag: "Absent", spelling, realParent, missingParents, device }
    }
    if (node !== "folder") return { _tag: node === "link" ? "Link" : "Other" }
    return {
      _tag: "Folder",
      spelling,
      device,
      folderId: `folder ${spelling}`,
      manifest: this.#file(`${spelling}/asset.json`),
      folder: list === "no" ? undefined : this.#folder(spelling)
    }
  }
}

/** In memory, the content itself is the best hash of it. */
const fingerprintOf = (bytes: Uint8Array): Fingerprint => ({
  hash: contentHash(bytes),
  size: bytes.length,
  mtimeMs: 0,
  inode: ""
})

/** A stand-in for a hash: different for different bytes, always. */
export const contentHash = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
