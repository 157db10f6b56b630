/** What goes over the bus of a Studio. */
import type { AssetName, OperationId, PackerEvent } from "../../index.ts"
import type { ApplyFailure } from "./CompositionEditing.ts"

/**
 * What goes over the bus of a Studio, by tag. A host adds events of its own by declaring them here.
 *
 * @example
 * declare module "prometeu-packer/studio" {
 *   interface StudioEvents {
 *     readonly ThemeChanged: { readonly theme: "dark" | "light" }
 *   }
 * }
 */
export interface StudioEvents {
  /** The packer told something. Progress may be left out where newer progress came soon; nothing else is, or is made up. */
  readonly PackerTold: { readonly event: PackerEvent }
  /** A composition could not be applied. Its draft is kept, and is being edited again. */
  readonly BankCompositionApplyFailed: {
    readonly asset: AssetName
    /** The files in the order of the draft. */
    readonly files: ReadonlyArray<string>
    readonly failure: ApplyFailure
    /** The operation that failed; absent if it did not come to one. */
    readonly operationId?: OperationId
  }
}

/** Something that goes over the bus of a Studio. */
export type StudioEvent = {
  [Tag in keyof StudioEvents]: { readonly _tag: Tag } & StudioEvents[Tag]
}[keyof StudioEvents]
