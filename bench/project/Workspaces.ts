/** Projects on the disk that is measured, each made once in a run. */
import * as fs from "node:fs"
import { manifestText, testUuid } from "prometeu-packer/testing"

/** What a project is like. */
export interface Kind {
  readonly assets: number
  /** How many files lie beside each manifest. */
  readonly files: number
}

/** A project on disk. */
export interface Workspace extends Kind {
  readonly folder: string
  /** The assets that are not registered, whose manifests have no uuid: they lie evenly between the others. */
  readonly pool: ReadonlyArray<string>
}

/** How many assets lie in one folder. */
const inOneFolder = 100
/** As many as half the assets are not registered, at most. */
const largestPool = 5000

/** Where the n-th asset is, from 1 on. */
const rootOf = (n: number): string =>
  `world/area${String(Math.floor((n - 1) / inOneFolder)).padStart(4, "0")}/bank${String(n).padStart(6, "0")}`

/** The manifest of the n-th asset, without a uuid unless it is registered. */
export const manifestOf = (n: number, uuid: string | undefined): string =>
  manifestText({
    ...(uuid === undefined ? {} : { asset_uuid: uuid }),
    name: `bank_${n}`,
    artifacts: [{ index: 0, file: "one.png" }, { index: 1, file: "two.png" }]
  })

const fileNames = ["one.png", "two.png", "three.png", "four.png", "five.png", "six.png"]

/** Which assets are in the pool: every second one in a small project, fewer in a large one. */
const isInPool = (n: number, { assets }: Kind): boolean => n % Math.max(2, Math.ceil(assets / largestPool)) === 0

/** An entry of the registry, as its file has it. */
export const entryOf = (n: number) => ({
  asset_id: n,
  asset_uuid: testUuid(n),
  root: rootOf(n),
  included_in_build: true
})

const numbersOf = ({ assets }: Kind): ReadonlyArray<number> => Array.from({ length: assets }, (_, index) => index + 1)

/** The numbers of the assets that are not registered. */
const poolOf = (kind: Kind): ReadonlyArray<number> => numbersOf(kind).filter((n) => isInPool(n, kind))

/** A file of some size of which nothing has to be stored: nobody reads it, only its size is asked for. */
const writeHollow = (path: string, size: number): void => {
  const fd = fs.openSync(path, "w")
  fs.ftruncateSync(fd, size)
  fs.closeSync(fd)
}

const write = (folder: string, kind: Kind): void => {
  for (const n of numbersOf(kind)) {
    const asset = `${folder}/assets/${rootOf(n)}`
    fs.mkdirSync(asset, { recursive: true })
    fs.writeFileSync(`${asset}/asset.json`, manifestOf(n, isInPool(n, kind) ? undefined : testUuid(n)))
    for (const name of fileNames.slice(0, kind.files)) writeHollow(`${asset}/${name}`, 100 + n % 50)
  }
  const entries = numbersOf(kind).filter((n) => !isInPool(n, kind)).map((n) => JSON.stringify(entryOf(n)))
  fs.mkdirSync(`${folder}/assets/.prometeu`)
  fs.writeFileSync(
    `${folder}/assets/.prometeu/index.json`,
    `{\n  "schema_version": 1,\n  "assets": [\n    ${entries.join(",\n    ")}\n  ]\n}\n`
  )
}

/** The project of this kind, which is made if no suite of this run has needed it before. */
export const workspace = (dir: string, kind: Kind): Workspace => {
  const folder = `${dir}/project-${kind.assets}-${kind.files}`
  if (!fs.existsSync(folder)) {
    // Not there before it is whole.
    fs.rmSync(`${folder}-new`, { recursive: true, force: true })
    write(`${folder}-new`, kind)
    fs.renameSync(`${folder}-new`, folder)
  }
  return { ...kind, folder, pool: poolOf(kind).map(rootOf) }
}

/** Takes the uuids out of the manifests of the pool again. */
export const restorePool = ({ folder, ...kind }: Workspace): void => {
  for (const n of poolOf(kind)) fs.writeFileSync(`${folder}/assets/${rootOf(n)}/asset.json`, manifestOf(n, undefined))
}
