/** `lowdb`: the registry in its one JSON file, the manifest as a text file. It flushes nothing, so it is not durable. */
import { Low } from "lowdb"
import { JSONFile, TextFile } from "lowdb/node"
import * as fs from "node:fs"

import type { Peer } from "../project/Contender.ts"
import type { Change, Content } from "../project/Content.ts"

/** Each change writes both files anew, the registry with all its entries. */
export const lowdb = (dir: string, { pool, registered }: Content): Peer => {
  const manifests = `${dir}/manifests`
  fs.mkdirSync(manifests, { recursive: true })
  const pathOf = ({ entry }: Change) => `${manifests}/${entry.asset_id}.json`
  for (const change of pool) fs.writeFileSync(pathOf(change), change.manifest)
  const assets = Object.fromEntries(registered.map(({ entry }) => [entry.root, entry]))
  const db = new Low(new JSONFile<{ readonly assets: typeof assets }>(`${dir}/db.json`), { assets })
  return {
    change: async (change) => {
      await new TextFile(pathOf(change)).write(change.manifest)
      db.data.assets[change.entry.root] = change.entry
      await db.write()
    },
    restore: (changes) => {
      for (const { entry } of changes) delete assets[entry.root]
    },
    close: () => {}
  }
}
