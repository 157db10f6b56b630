/** Editing which files a bank holds. */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"

import type { AssetNotFound, AssetRef } from "../../index.ts"
import type { EditorState } from "../domain/CompositionEditing.ts"

/**
 * The editor of one asset's composition. What is asked of it at the wrong time does nothing, and gives `false`.
 *
 * A draft is previewed by the packer when it was not changed for a moment; capacity and blockers are those of the preview.
 * A draft is never lost but by `cancel`, `reset`, and success.
 */
export interface CompositionEditor {
  readonly state: Effect.Effect<EditorState>
  /** The state now, and every different one; a slow reader gets the newest. */
  readonly changes: Stream.Stream<EditorState>

  /** Begins a draft of what the packer has. */
  readonly edit: Effect.Effect<boolean>
  /** Puts an available file into the rows: at a place counted from 0, or at the end. */
  readonly add: (key: string, place?: number) => Effect.Effect<boolean>
  readonly remove: (key: string) => Effect.Effect<boolean>
  readonly moveUp: (key: string) => Effect.Effect<boolean>
  readonly moveDown: (key: string) => Effect.Effect<boolean>
  readonly moveTo: (key: string, place: number) => Effect.Effect<boolean>
  /** Puts the rows back that the packer has now, and goes on editing. */
  readonly reset: Effect.Effect<boolean>

  /**
   * Has the packer apply exactly what its preview of this draft shows, and waits for the end. `true` if it is applied; then
   * the state is read-only, as it was read afterwards. If it fails, the draft is as it was, and the state says why. To
   * interrupt it stops the waiting only. Inside of a sink call nobody can wait for the packer: there it says that it failed with
   * `SinkReentry`, and the operation goes on.
   */
  readonly apply: Effect.Effect<boolean>
  /** The same, after it failed. Where the error brought a new preview, it is that one which is applied. */
  readonly retry: Effect.Effect<boolean>
  /**
   * While editing, gives the draft up. While applying, cancels the operation and waits for its end; `false` if that is too
   * late, and then it is applied, or fails by itself.
   */
  readonly cancel: Effect.Effect<boolean>
}

/** The editors of bank compositions: one for each asset that is being edited. */
export class BankCompositionEditor extends Context.Service<BankCompositionEditor, {
  /**
   * The editor of an asset, until the scope ends. Whoever opens the same asset meanwhile gets the same editor, with the same
   * draft. When the last scope ends, a draft is given up; an operation that applies it goes on.
   */
  readonly open: (asset: AssetRef) => Effect.Effect<CompositionEditor, AssetNotFound, Scope.Scope>
}>()("prometeu-packer/studio/services/BankCompositionEditor") {}
