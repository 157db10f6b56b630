/** Projects in folders of their own, as a person has them: they are removed in the end. */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { type AssetFiles, workspaceFiles } from "prometeu-packer/testing"

import { png } from "../../../examples/studio/server/demo/Png.ts"

/** A picture of one colour, with a darker edge. */
export const picture = (red: number, green: number, blue: number, size = 16): Uint8Array =>
  png(size, size, (x, y) => {
    const isEdge = x === 0 || y === 0 || x === size - 1 || y === size - 1
    const shade = isEdge ? 0.6 : 1 - (x + y) / size / 5
    return [Math.round(red * shade), Math.round(green * shade), Math.round(blue * shade), 255]
  })

/** A project in a folder. */
export interface Project {
  readonly root: string
  /** Writes a file below the folder, as somebody else would. */
  readonly write: (path: string, content: string | Uint8Array) => void
  readonly read: (path: string) => string
  readonly move: (from: string, to: string) => void
  readonly remove: () => void
}

/** Makes a project; names of assets say where they are below `assets/`. */
export const makeProject = (assets: Readonly<Record<string, AssetFiles>> = {}): Project => {
  const root = mkdtempSync(join(tmpdir(), "studio-page-"))
  mkdirSync(join(root, "assets"))
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  for (const [path, content] of Object.entries(workspaceFiles(assets))) write(path, content)
  return {
    root,
    write,
    read: (path) => readFileSync(join(root, path), "utf8"),
    move: (from, to) => renameSync(join(root, from), join(root, to)),
    remove: () => rmSync(root, { recursive: true, force: true })
  }
}

const held = (...files: ReadonlyArray<string>) => files.map((file, index) => ({ file, index }))

/** A small project with a bit of everything. */
export const smallProject = (): Project =>
  makeProject({
    "tiles/world": {
      id: 1,
      manifest: { name: "world", artifacts: held("grass.png", "water.png", "stone.png") },
      files: {
        "grass.png": picture(80, 170, 70),
        "water.png": picture(60, 120, 210),
        "stone.png": picture(140, 140, 150),
        "sand.png": picture(220, 190, 120),
        "lava.png": picture(220, 80, 40)
      }
    },
    "tiles/caves": {
      id: 2,
      includedInBuild: false,
      manifest: { name: "caves", artifacts: held("dark.png") },
      files: { "dark.png": picture(60, 50, 70) }
    },
    "tiles/sky": {
      manifest: { name: "sky", artifacts: held("day.png") },
      files: { "day.png": picture(120, 190, 240) }
    },
    "tiles/snow": { manifest: { name: "snow" }, files: { "ice.png": picture(210, 230, 240) } },
    "ui/broken": { manifest: "{ \"schema_version\": 1,\n  oh no" },
    "ui/lost": { id: 3, manifest: { name: "lost", artifacts: held("gone.png") } }
  })
