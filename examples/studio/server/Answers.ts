/** What the server answers to a page, out of the runtime that it embeds. */
import { Effect, Result, Stream } from "effect"
import { type OperationHandle, type OperationId, ProjectRuntime } from "prometeu-packer"

import { type Ended, Rpcs, UnknownOperation, type Work } from "../shared/Rpcs.ts"
import { watch } from "./Watching.ts"

/** As many as the packer remembers by itself. */
const remembered = 10_000

/** The operations that pages asked for, the newest last. */
const makeHandles = () => {
  const handles = new Map<OperationId, OperationHandle>()
  return {
    keep: (handle: OperationHandle) => {
      handles.delete(handle.operationId)
      handles.set(handle.operationId, handle)
      const [oldest] = handles.keys()
      if (handles.size > remembered && oldest !== undefined) handles.delete(oldest)
    },
    find: (operationId: OperationId) =>
      Effect.suspend(() => {
        const handle = handles.get(operationId)
        return handle === undefined ? Effect.fail(new UnknownOperation({ operationId })) : Effect.succeed(handle)
      })
  }
}

const begin = (packer: ProjectRuntime["Service"], operationId: string, work: Work) => {
  if (work._tag === "Refresh") {
    const { _tag, ...options } = work
    return packer.submitRefresh({ ...options, operationId })
  }
  const { command, expecting } = work
  return packer.submit(command, { operationId, ...(expecting === undefined ? {} : { expecting }) })
}

/** The answers to pages. */
export const answers = Rpcs.toLayer(Effect.gen(function*() {
  const packer = yield* ProjectRuntime
  const handles = makeHandles()
  return {
    watch: ({ after }) => watch(after),
    preview: ({ command }) => packer.preview(command),
    submit: ({ operationId, work }) =>
      Effect.map(begin(packer, operationId, work), (handle) => {
        handles.keep(handle)
        return handle.operationId
      }),
    outcome: ({ operationId }) =>
      Effect.gen(function*() {
        const { await: ended } = yield* handles.find(operationId)
        // No sink asks the server.
        const result = yield* Effect.result(Effect.catchTag(ended, "SinkReentry", Effect.die))
        const { position, snapshot: { generation } } = yield* packer.snapshot
        return Result.match(result, {
          onSuccess: (outcome): Ended => ({ _tag: "Applied", generation, position, outcome }),
          onFailure: (error): Ended => ({ _tag: "Failed", generation, position, error })
        })
      }),
    cancel: ({ operationId }) => Effect.flatMap(handles.find(operationId), ({ cancel }) => cancel),
    told: ({ operationId }) => Stream.unwrap(Effect.map(handles.find(operationId), ({ events }) => events)),
    flush: () => packer.flush
  }
}))
