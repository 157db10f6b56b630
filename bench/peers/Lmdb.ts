/** `lmdb`: entry and manifest in one transaction, waited for until it is flushed. There are no plain files. */
import { open } from "lmdb"
import * as fs from "node:fs"

import type { Peer } from "../project/Contender.ts"
import type { Content } from "../project/Content.ts"

/** Each change is one transaction that is durable when it is over. */
export const lmdb = async (dir: string, { registered }: Content): Promise<Peer> => {
  fs.mkdirSync(dir, { recursive: true })
  const root = open({ path: `${dir}/lmdb` })
  const entries = root.openDB({ name: "entries" })
  const manifests = root.openDB({ name: "manifests" })
  await root.transaction(() => {
    for (const { entry, manifest } of registered) {
      void entries.put(entry.root, entry)
      void manifests.put(entry.root, manifest)
    }
  })
  await root.flushed
  return {
    change: async ({ entry, manifest }) => {
      await root.transaction(() => {
        void entries.put(entry.root, entry)
        void manifests.put(entry.root, manifest)
      })
      await root.flushed
    },
    restore: async (changes) => {
      await root.transaction(() => {
        for (const { entry } of changes) {
          void entries.remove(entry.root)
          void manifests.remove(entry.root)
        }
      })
      await root.flushed
    },
    close: () => root.close()
  }
}
