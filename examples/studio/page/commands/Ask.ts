/** What a person wants to do, before it is decided how. */
import type { ActionKind, AssetDetails, AssetRef, AssetSummary } from "prometeu-packer"
import { createContext, use } from "react"
import type { IconName } from "../parts/Icon.tsx"

/** The actions that have a dialog of their own; the composition is edited where it is shown. */
export type AskedAction = Exclude<ActionKind, "applyBankComposition">

/** What a person wants to do. */
export type Ask =
  | { readonly _tag: "Create" }
  | { readonly _tag: "One"; readonly action: AskedAction; readonly details: AssetDetails }
  | { readonly _tag: "Several"; readonly action: SeveralAction; readonly assets: ReadonlyArray<AssetSummary> }

/** The actions that several assets can be put through at once. */
export type SeveralAction = Exclude<AskedAction, "updateContract">

const AskContext = createContext<(ask: Ask) => void>(() => {})

/** Gives everything below a way to ask. */
export const AskProvider = AskContext

/** Opens the dialog of what a person wants to do. */
export const useAsk = () => use(AskContext)

/** How an action is called. */
export const actionWords: Readonly<
  Record<AskedAction, { readonly label: string; readonly icon: IconName; readonly done: string }>
> = {
  register: { label: "Register", icon: "registered", done: "Registered" },
  unregister: { label: "Unregister", icon: "unregistered", done: "Unregistered" },
  include: { label: "Include", icon: "included", done: "Put into the build" },
  exclude: { label: "Exclude", icon: "excluded", done: "Taken out of the build" },
  updateContract: { label: "Edit contract", icon: "edit", done: "Contract changed" },
  relocate: { label: "Relocate", icon: "move", done: "Relocated" },
  delete: { label: "Delete", icon: "trash", done: "Moved to the trash" }
}

/** How the packer is asked for an asset. */
export const refTo = ({ assetId, root }: AssetSummary): AssetRef => assetId === undefined ? { root } : { id: assetId }

/** How an asset is called in a sentence. */
export const calledBy = ({ name, root }: AssetSummary): string => name ?? root
