/** What the packer knows of a project at one generation. Immutable; a new one shares all that did not change. */
import * as Result from "effect/Result"
import type { Asset } from "./Asset.ts"
import type { Diagnostic } from "./Diagnostic.ts"
import type { Divergence } from "./Divergence.ts"
import {
  type AssetRef,
  type Generation,
  isNamed,
  type OpeningId,
  type OperationId,
  type ProjectId
} from "./Identity.ts"
import type { Neighbours } from "./Neighbours.ts"
import { type AssetRoot, parseRoot } from "./Path.ts"
import type { Registered } from "./Registered.ts"
import type { Registry } from "./Registry.ts"
import type { RegistryFault } from "./RegistryCodec.ts"
import type { FileState } from "./Seen.ts"
import type { Settings } from "./Settings.ts"

/** What is known of the registry file itself. */
export interface RegistryFacts {
  /** True if there is a registry file, or a durable change that will make one. */
  readonly present: boolean
  readonly state: FileState
  /** Why the file cannot be read at all; the project is read-only then. */
  readonly fault: RegistryFault | undefined
  readonly divergence: Divergence | undefined
}

/** Which roots a generation changed, and who did it. */
export interface Change {
  readonly operationId: OperationId
  readonly added: ReadonlyArray<AssetRoot>
  readonly updated: ReadonlyArray<AssetRoot>
  readonly removed: ReadonlyArray<AssetRoot>
}

/** What the packer knows of a project at one generation. */
export interface Snapshot extends Neighbours {
  readonly projectId: ProjectId
  readonly openingId: OpeningId
  readonly generation: Generation
  /** What made this generation out of the one before; absent for the first. */
  readonly change: Change | undefined
  readonly settings: Settings
  readonly registry: Registry
  readonly registryFacts: RegistryFacts
  readonly registered: Registered
  /** Why no command is accepted, whatever the registry says: the folder cannot be written, say. */
  readonly readOnly: string | undefined
  /** What a scan met outside of asset roots. */
  readonly troubles: ReadonlyArray<Diagnostic>
  /** What is wrong with the project as a whole. */
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

/** Why the project is read-only, if it is. */
export const readOnlyReason = (snapshot: Pick<Snapshot, "readOnly" | "registryFacts">): string | undefined => {
  const { fault } = snapshot.registryFacts
  return fault === undefined ? snapshot.readOnly : `the registry assets/.prometeu/index.json ${fault.cause}`
}

/** The asset that a reference names, if the snapshot has it. */
export const findAsset = (snapshot: Snapshot, ref: AssetRef): Asset | undefined => {
  if (!isNamed(ref)) return undefined
  return "id" in ref
    ? withId(snapshot, ref.id)
    : "uuid" in ref
    ? withUuid(snapshot, ref.uuid)
    : assetAt(snapshot, ref.root)
}

// Hosts without types may name an asset by anything.

const withId = ({ registered }: Snapshot, id: unknown): Asset | undefined =>
  typeof id === "number" ? registered.byId.get(id) : undefined

const withUuid = ({ assets, carriers, registered }: Snapshot, uuid: unknown): Asset | undefined => {
  if (typeof uuid !== "string") return undefined
  const found = registered.byUuid.get(uuid)
  if (found !== undefined) return found
  const [root, ...others] = carriers.get(uuid) ?? []
  return root === undefined || others.length > 0 ? undefined : assets.get(root)
}

const assetAt = ({ assets }: Snapshot, spelled: unknown): Asset | undefined => {
  if (typeof spelled !== "string") return undefined
  // Whatever is a key is legal, and nearly every reference is spelled as one.
  const found = assets.get(spelled as AssetRoot)
  if (found !== undefined) return found
  const root = parseRoot(spelled)
  return Result.isSuccess(root) ? assets.get(root.success) : undefined
}
