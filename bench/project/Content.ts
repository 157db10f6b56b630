/** What is in a project, as others keep it: entries and manifests, and no folders. */
import { entryOf, manifestOf, type Workspace } from "./Workspaces.ts"

/** One change, as others make it: an entry of the registry, and the manifest of the asset. */
export interface Change {
  readonly entry: ReturnType<typeof entryOf>
  readonly manifest: string
}

/** What is registered in a project, and what may be: for others, who have no project. */
export interface Content {
  readonly registered: ReadonlyArray<Change>
  readonly pool: ReadonlyArray<Change>
}

/** What is in a project, as others keep it. */
export const contentOf = ({ assets, pool }: Workspace): Content => {
  const inPool = new Set(pool)
  const changes = Array.from({ length: assets }, (_, index): Change => {
    const entry = entryOf(index + 1)
    return { entry, manifest: manifestOf(index + 1, entry.asset_uuid) }
  })
  return {
    registered: changes.filter(({ entry }) => !inPool.has(entry.root)),
    pool: changes.filter(({ entry }) => inPool.has(entry.root))
  }
}
