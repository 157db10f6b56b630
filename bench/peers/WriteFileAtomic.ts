/** What people write by hand: `write-file-atomic` for the manifest, and again for the registry, which is one JSON file. */
import * as fs from "node:fs"
import writeFileAtomic from "write-file-atomic"

import type { Peer } from "../project/Contender.ts"
import type { Change, Content } from "../project/Content.ts"

/** Each change writes both files anew, the registry with all its entries. */
export const writeFileAtomicTwice = (dir: string, { pool, registered }: Content): Peer => {
  const manifests = `${dir}/manifests`
  fs.mkdirSync(manifests, { recursive: true })
  const pathOf = ({ entry }: Change) => `${manifests}/${entry.asset_id}.json`
  for (const change of pool) fs.writeFileSync(pathOf(change), change.manifest)
  const entries = new Map(registered.map(({ entry }) => [entry.root, entry]))
  return {
    change: async (change) => {
      entries.set(change.entry.root, change.entry)
      await writeFileAtomic(pathOf(change), change.manifest)
      await writeFileAtomic(`${dir}/index.json`, JSON.stringify({ schema_version: 1, assets: [...entries.values()] }))
    },
    restore: (changes) => {
      for (const { entry } of changes) entries.delete(entry.root)
    },
    close: () => {}
  }
}
