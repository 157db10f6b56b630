/**
 * The editor of one composition: it asks the packer, and moves from state to state as `CompositionEditing` says.
 *
 * **What it promises.** Every change of the state is one step, made by one of its pure functions. A draft that is not
 * previewed has a preview on its way: after a moment in which nothing else changes, or at once for whoever applies it. What
 * is sent to the packer is the command of a preview of the draft, with that preview.
 *
 * **Tricky cases.**
 *
 * - *A preview comes when the draft is another one already.* It carries the revision it was made for, and does not count.
 * - *The asset changes while its draft is open.* The packer tells of the generation; the section is read again, and the draft
 *   previewed again. A preview that came with `PreviewStale` is newer than the change that made it so, and stays.
 * - *It is cancelled before there is an operation.* As long as the preview is awaited, nothing was sent, and nothing will be.
 *   From then on there will be an operation, which is awaited and cancelled.
 * - *Whoever applies goes away.* The attempt runs in the scope of the editor, and only the waiting ends.
 * - *The editor ends while it applies.* The operation belongs to the packer and goes on; whoever waits for it here is
 *   interrupted. An editor that has ended applies nothing.
 * - *The packer dies, or lies about its errors.* The draft is kept, the state says that it is not known what came of it, and
 *   the log says why.
 */
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberHandle from "effect/FiberHandle"
import * as Option from "effect/Option"
import * as Semaphore from "effect/Semaphore"

import {
  type AssetRef,
  Command,
  type OperationHandle,
  type PackerError,
  ProjectRuntime,
  type SinkReentry
} from "../../index.ts"
import { refOf } from "../domain/AssetIdentity.ts"
import { type DraftOperation, filesOf } from "../domain/CompositionDraft.ts"
import * as Editing from "../domain/CompositionEditing.ts"
import type { CompositionEditor } from "../services/BankCompositionEditor.ts"
import { StudioConfig } from "../services/StudioConfig.ts"
import { StudioEventBus } from "../services/StudioEventBus.ts"
import { followGenerations } from "./Following.ts"
import { makeSections } from "./Sections.ts"
import { makeShown } from "./Shown.ts"

/** One attempt to apply a draft. */
interface Attempt {
  /** True as soon as nothing keeps it any more from being sent. */
  isSending: boolean
  isWithdrawn: boolean
  /** The operation, if there came one of it. */
  readonly handle: Deferred.Deferred<OperationHandle | undefined>
  readonly ended: Deferred.Deferred<boolean>
}

type Refused = PackerError | SinkReentry

const failureOf = (cause: Cause.Cause<Refused>): Editing.ApplyFailure =>
  Option.match(Cause.findErrorOption(cause), {
    onNone: () => ({
      message: "It ended in a way that nobody foresaw, and it is not known what came of it; see the log."
    }),
    onSome: (error) => ({ message: error.message, error })
  })

/** Nobody will tell what comes of an attempt: whoever waits for that goes away too. */
const abandon = ({ ended, handle }: Attempt) =>
  Effect.andThen(Deferred.succeed(handle, undefined), Deferred.interrupt(ended))

/** Opens the editor of an asset, until the scope ends. */
export const makeCompositionEditor = Effect.fnUntraced(function*(asset: AssetRef) {
  const packer = yield* ProjectRuntime
  const bus = yield* StudioEventBus
  const { previewAfter } = yield* StudioConfig
  const sections = makeSections(packer)
  const shown = yield* makeShown<Editing.EditorState>(Editing.readOnly(yield* sections.first(asset)))
  const scope = yield* Effect.scope
  const previews = yield* FiberHandle.make()
  // One reading at a time, so that an earlier one never takes the place of a later one.
  const reading = yield* Semaphore.make(1)
  /** The revision whose preview is on its way, or came. */
  let asked: number | undefined
  let attempt: Attempt | undefined
  let hasEnded = false
  yield* Effect.addFinalizer(() =>
    Effect.suspend(() => {
      hasEnded = true
      return attempt === undefined ? Effect.void : abandon(attempt)
    })
  )

  const previewOf = ({ draft, section }: Editing.Editing | Editing.Applying) =>
    packer.preview(Command.applyBankComposition({ asset: refOf(section.asset), files: filesOf(draft) }))

  const previewLater = (draft: Editing.Editing) =>
    Effect.sleep(previewAfter).pipe(
      Effect.andThen(previewOf(draft)),
      Effect.matchCauseEffect({
        onSuccess: (preview) => shown.update((state) => Editing.previewed(state, draft.revision, preview)),
        onFailure: (cause) => shown.update((state) => Editing.notPreviewed(state, draft.revision, failureOf(cause)))
      })
    )

  /** Has a draft previewed that was not yet, when it is left alone for a moment. */
  const previewSoon = Effect.flatMap(shown.current, (state) => {
    if (state._tag !== "Editing" || state.previewed || state.revision === asked) return Effect.void
    asked = state.revision
    return Effect.asVoid(FiberHandle.run(previews, previewLater(state)))
  })

  const become = (next: (state: Editing.EditorState) => Editing.EditorState) =>
    Effect.uninterruptible(Effect.tap(shown.update(next), () => previewSoon))

  const becomeByReading = (
    next: (state: Editing.EditorState, section: Editing.Section | undefined) => Editing.EditorState
  ) =>
    reading.withPermit(
      Effect.flatMap(shown.current, ({ section: { asset } }) => sections.again(asset)).pipe(
        Effect.flatMap((section) => become((state) => next(state, section)))
      )
    )
  /** Reads again what the packer has. */
  const look = becomeByReading(Editing.noticed)

  const send = Effect.fnUntraced(function*(mine: Attempt) {
    const state = yield* shown.current
    if (state._tag !== "Applying") return
    const preview = state.previewed && state.preview !== undefined ? state.preview : yield* previewOf(state)
    yield* shown.update((now) => Editing.previewed(now, state.revision, preview))
    if (mine.isWithdrawn) return
    mine.isSending = true
    const handle = yield* packer.submit(preview.command, { expecting: preview })
    yield* Deferred.succeed(mine.handle, handle)
    yield* shown.update((now) => Editing.submitted(now, handle.operationId))
    yield* handle.await
  })

  const fail = Effect.fnUntraced(function*(cause: Cause.Cause<Refused>) {
    const state = yield* shown.current
    if (state._tag !== "Applying") return
    const failure = failureOf(cause)
    if (failure.error === undefined) {
      yield* Effect.logError("A composition was applied, and the packer died of it", cause)
    }
    yield* become((now) => Editing.failed(now, failure))
    yield* look
    const { draft, operationId, section: { asset } } = state
    yield* bus.publish({
      _tag: "BankCompositionApplyFailed",
      asset,
      files: filesOf(draft),
      failure,
      ...(operationId === undefined ? {} : { operationId })
    })
  })

  const run = Effect.fnUntraced(function*(mine: Attempt) {
    const exit = yield* Effect.exit(send(mine))
    yield* Deferred.succeed(mine.handle, undefined)
    if (!mine.isWithdrawn) yield* Exit.isSuccess(exit) ? becomeByReading(Editing.applied) : fail(exit.cause)
    yield* Deferred.succeed(mine.ended, Exit.isSuccess(exit) && !mine.isWithdrawn)
  }, (attempted, mine) => Effect.onError(attempted, () => abandon(mine)))

  const attemptBy = (begin: (state: Editing.EditorState) => Editing.EditorState) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        const mine: Attempt = {
          isSending: false,
          isWithdrawn: false,
          handle: yield* Deferred.make<OperationHandle | undefined>(),
          ended: yield* Deferred.make<boolean>()
        }
        const hasBegun = yield* shown.update((state) => {
          const next = hasEnded ? state : begin(state)
          if (next !== state) attempt = mine
          return next
        })
        if (!hasBegun) return false
        asked = undefined
        yield* FiberHandle.clear(previews)
        yield* Effect.forkIn(run(mine), scope)
        return yield* restore(Deferred.await(mine.ended))
      })
    )

  const cancelAttempt = Effect.fnUntraced(function*(mine: Attempt) {
    if (!mine.isSending) {
      mine.isWithdrawn = true
      return yield* become(Editing.withdrawn)
    }
    const handle = yield* Deferred.await(mine.handle)
    if (handle === undefined || !(yield* handle.cancel)) return false
    yield* Deferred.await(mine.ended)
    return true
  })
  const cancel = Effect.flatMap(shown.current, ({ _tag }) =>
    _tag === "Applying" && attempt !== undefined
      ? cancelAttempt(attempt)
      : Effect.andThen(look, become(Editing.cancel)))

  const change = (operation: DraftOperation) => become((state) => Editing.change(state, operation))

  yield* Effect.forkScoped(followGenerations(packer, look))
  const editor: CompositionEditor = {
    state: shown.current,
    changes: shown.changes,
    edit: Effect.andThen(look, become(Editing.edit)),
    add: (key, place) => change({ _tag: "Add", key, ...(place === undefined ? {} : { place }) }),
    remove: (key) => change({ _tag: "Remove", key }),
    moveUp: (key) => change({ _tag: "MoveUp", key }),
    moveDown: (key) => change({ _tag: "MoveDown", key }),
    moveTo: (key, place) => change({ _tag: "MoveTo", key, place }),
    reset: Effect.andThen(look, become(Editing.reset)),
    apply: attemptBy(Editing.apply),
    retry: attemptBy(Editing.retry),
    cancel
  }
  return editor
})
