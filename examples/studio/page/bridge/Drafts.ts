/**
 * The editors that are open. An editor lives as long as somebody shows its asset, and longer if it holds a draft: to look
 * at another asset must not cost anybody a draft.
 */
import { Effect, Exit, Scope, Semaphore } from "effect"
import type { AssetName, AssetNotFound } from "prometeu-packer"
import { BankCompositionEditor, type CompositionEditor, type EditorState } from "prometeu-packer/studio"
import { follow, type Live } from "./Live.ts"

/** An editor, and its state as the page follows it. */
export interface OpenEditor {
  readonly editor: CompositionEditor
  readonly state: Live<EditorState>
}

/** The editors that are open, and which of them hold a draft. */
export interface Drafts {
  /** Opens the editor of an asset; whoever shows it says so with `leave` when it does not any more. */
  readonly enter: (asset: AssetName) => Effect.Effect<OpenEditor, AssetNotFound>
  readonly leave: (asset: AssetName) => void
  /** The roots of the assets that have a draft. */
  readonly roots: Live<ReadonlySet<string>>
}

interface Kept extends OpenEditor {
  readonly scope: Scope.Closeable
  readonly unsubscribe: () => void
  shownBy: number
}

const keyOf = ({ assetUuid, root }: AssetName): string => assetUuid ?? root

/** Keeps editors until the scope ends. */
export const makeDrafts = Effect.gen(function*() {
  const editors = yield* BankCompositionEditor
  const parent = yield* Effect.scope
  // One at a time, so that two who enter at once get the same editor.
  const opening = yield* Semaphore.make(1)
  const kept = new Map<string, Kept>()
  const listeners = new Set<() => void>()
  let roots: ReadonlySet<string> = new Set()

  const tell = () => {
    roots = new Set(
      [...kept.values()].flatMap(({ state }) => {
        const now = state.get()
        return now._tag === "ReadOnly" ? [] : [now.section.asset.root]
      })
    )
    for (const listener of listeners) listener()
  }

  const settle = (key: string) => {
    const one = kept.get(key)
    if (one !== undefined && one.shownBy === 0 && one.state.get()._tag === "ReadOnly") {
      kept.delete(key)
      one.unsubscribe()
      Effect.runFork(Scope.close(one.scope, Exit.void))
    }
    tell()
  }

  const open = Effect.fnUntraced(function*(asset: AssetName, key: string) {
    const scope = yield* Scope.fork(parent)
    const { assetUuid, root } = asset
    const ref = assetUuid === undefined ? { root } : { uuid: assetUuid }
    const editor = yield* editors.open(ref).pipe(
      Scope.provide(scope),
      Effect.tapError(() => Scope.close(scope, Exit.void))
    )
    const state = yield* Scope.provide(follow({ current: editor.state, changes: editor.changes }), scope)
    const made: Kept = { editor, state, scope, shownBy: 0, unsubscribe: state.subscribe(() => settle(key)) }
    kept.set(key, made)
    return made
  })

  const drafts: Drafts = {
    enter: Effect.fnUntraced(function*(asset) {
      const key = keyOf(asset)
      const one = yield* opening.withPermit(Effect.suspend(() => {
        const there = kept.get(key)
        return there === undefined ? open(asset, key) : Effect.succeed(there)
      }))
      one.shownBy++
      return one
    }),
    leave: (asset) => {
      const key = keyOf(asset)
      const one = kept.get(key)
      if (one === undefined) return
      one.shownBy--
      settle(key)
    },
    roots: {
      get: () => roots,
      subscribe: (listener) => {
        listeners.add(listener)
        return () => listeners.delete(listener)
      }
    }
  }
  return drafts
})
