/**
 * The adapter, which merges progress to one event per frame.
 *
 * Progress opens a frame of its operation, if none is open, and is published at once. As long as the frame is open, the
 * newest progress waits; at its end what waits is published and opens the next one, and if nothing waits the operation is
 * forgotten. So there is something to remember of an operation only while its progress is younger than a frame.
 *
 * Any other event of the operation is published at once. What waits is dropped then: to publish it later would change the
 * order, to publish it first would be too soon. A frame stays open through that, except by the end of the operation.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

import { isTerminal, type PackerEvent, PackerEventSink } from "../../index.ts"
import { StudioEventBus } from "../services/StudioEventBus.ts"
import { StudioPackerAdapter } from "../services/StudioPackerAdapter.ts"

/** How long a frame lasts. */
const frame = "16 millis"

/** A frame of an operation, and the newest progress that waits for its end. */
interface Frame {
  waiting: PackerEvent | undefined
}

const keyOf = ({ opening_id, operation_id, project_id }: PackerEvent): string =>
  JSON.stringify([project_id, opening_id, operation_id])

/**
 * The sink of a Studio: it publishes on the bus, and without a bus it cannot be built. Beside others, use it with
 * `severalSinks`.
 *
 * @example
 * const project = Layer.provide(Packer.layer({ projectId, root }), studioPackerAdapter) // needs a StudioEventBus
 */
export const studioPackerAdapter: Layer.Layer<StudioPackerAdapter | PackerEventSink, never, StudioEventBus> = Layer
  .effectContext(Effect.gen(function*() {
    const bus = yield* StudioEventBus
    const scope = yield* Effect.scope
    const frames = new Map<string, Frame>()

    const tell = (event: PackerEvent) => bus.publish({ _tag: "PackerTold", event })

    /** Publishes progress at most once per frame, until nothing waits any more, or the operation has ended. */
    const inFrames = (key: string, open: Frame): Effect.Effect<void> =>
      Effect.flatMap(Effect.sleep(frame), () => {
        if (frames.get(key) !== open) return Effect.void
        const { waiting } = open
        open.waiting = undefined
        if (waiting !== undefined) return Effect.andThen(tell(waiting), inFrames(key, open))
        frames.delete(key)
        return Effect.void
      })

    const publish = (event: PackerEvent) =>
      Effect.suspend(() => {
        const key = keyOf(event)
        const open = frames.get(key)
        if (event.kind !== "progress_updated") {
          if (open !== undefined) open.waiting = undefined
          if (isTerminal(event)) frames.delete(key)
          return tell(event)
        }
        if (open !== undefined) {
          open.waiting = event
          return Effect.void
        }
        const opened: Frame = { waiting: undefined }
        frames.set(key, opened)
        const running = Effect.forkIn(inFrames(key, opened), scope, { startImmediately: true })
        return Effect.andThen(tell(event), running)
      })

    return Context.make(StudioPackerAdapter, { publish }).pipe(Context.add(PackerEventSink, { publish }))
  }))
