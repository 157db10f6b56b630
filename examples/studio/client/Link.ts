/** The one WebSocket between a page and the server: it is there again by itself whenever it was lost. */
import { Effect, Latch, Layer, Schedule } from "effect"
import { RpcClient, type RpcClientError, RpcSerialization } from "effect/rpc"
import { Socket } from "effect/socket"

import { Rpcs } from "../shared/Rpcs.ts"

/** What the server answers, or that nobody knows what it would have answered. */
export type Link = RpcClient.FromGroup<typeof Rpcs, RpcClientError.RpcClientError>

/** A server that was killed is back in a moment; one that is not costs a page nothing to look for. */
const again = Schedule.min([Schedule.exponential("100 millis", 1.5), Schedule.spaced("2 seconds")])

/** A link to the server at an address, as long as the scope lives, and whether it is there now. */
export const makeLink = Effect.fnUntraced(function*(url: string) {
  const isThere = yield* Latch.make(false)
  const hooks = Layer.succeed(RpcClient.ConnectionHooks, {
    onConnect: Effect.asVoid(isThere.open),
    onDisconnect: Effect.asVoid(isThere.close)
  })
  const protocol = yield* Layer.build(
    RpcClient.layerProtocolSocket({ retryPolicy: again, retryTransientErrors: true }).pipe(
      Layer.provide([hooks, Socket.layerWebSocket(url), RpcSerialization.layerJson])
    )
  )
  const link: Link = yield* Effect.provideContext(RpcClient.make(Rpcs, { disableTracing: true }), protocol)
  return { link, isThere }
})
