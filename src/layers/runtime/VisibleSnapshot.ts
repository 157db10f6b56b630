/** The snapshot that is visible, with the right to show another one. Hosts get `ProjectSnapshot`, which has not. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"

import type { Snapshot } from "../../domain/Snapshot.ts"
import { SubscriberLagged } from "../../domain/StreamErrors.ts"
import { ProjectSnapshot, type SnapshotChange } from "../../services/ProjectSnapshot.ts"
import { readersLagged } from "../Instruments.ts"
import { makeTape } from "./Tape.ts"

/** The snapshot that is visible. To show another one is one step: no reader sees half of it. */
export class VisibleSnapshot extends Context.Service<VisibleSnapshot, {
  readonly current: () => Snapshot
  readonly show: (next: Snapshot) => void
  /** The current generation, and each later one. */
  readonly changes: Stream.Stream<SnapshotChange, SubscriberLagged>
}>()("prometeu-packer/layers/runtime/VisibleSnapshot") {}

const changeOf = ({ change, generation }: Snapshot): SnapshotChange => {
  const { added = [], operationId, removed = [], updated = [] } = change ?? {}
  return { generation, ...(operationId === undefined ? {} : { operationId }), added, updated, removed }
}

/** Makes the first snapshot visible; a reader of its changes may be so many of them behind. */
export const makeVisibleSnapshot = Effect.fnUntraced(function*(first: Snapshot, buffer: number) {
  let current = first
  // Item n is what made generation n out of the one before.
  const tape = makeTape<SnapshotChange>(buffer)
  tape.append(changeOf(first))
  yield* Effect.addFinalizer(() => Effect.sync(() => tape.end()))
  const context = yield* Effect.context()
  return VisibleSnapshot.of({
    current: () => current,
    show: (next) => {
      const before = current
      current = next
      if (next.generation !== before.generation) tape.append(changeOf(next))
    },
    changes: Stream.suspend(() => {
      const { generation } = current
      const here: SnapshotChange = { generation, added: [], updated: [], removed: [] }
      const lagged = (last: number) => {
        readersLagged.updateUnsafe(1, context)
        return new SubscriberLagged({ lastPosition: last })
      }
      const later = tape.after(generation, lagged)
      return Stream.concat(Stream.succeed(here), later)
    })
  })
})

/** What hosts see of it. */
export const projectSnapshot: Layer.Layer<ProjectSnapshot, never, VisibleSnapshot> = Layer.effect(
  ProjectSnapshot,
  Effect.map(VisibleSnapshot, ({ changes, current }) => ProjectSnapshot.of({ current: Effect.sync(current), changes }))
)
