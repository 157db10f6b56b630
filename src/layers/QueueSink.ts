/** A sink that puts events into a queue of the host. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Queue from "effect/Queue"

import type { PackerEvent } from "../domain/Event.ts"
import { PackerEventSink } from "../services/PackerEventSink.ts"

/**
 * A sink that puts each event into a queue of the host, who takes them from there and ends the queue.
 *
 * Where the queue is full, a bounded one makes the sink wait, and with it, when too much waits, the commands. A dropping or
 * sliding one drops events: that is the choice of the host, and nobody is told. With a queue that was ended or shut down
 * the sink dies at each event, as an event that goes nowhere is an error.
 */
export const queueSink = <E>(queue: Queue.Enqueue<PackerEvent, E>): Layer.Layer<PackerEventSink> =>
  Layer.succeed(PackerEventSink, {
    publish: Effect.fnUntraced(function*(event) {
      const taken = yield* Queue.offer(queue, event)
      // A dropping queue refuses too, while it is open.
      if (taken || queue.state._tag === "Open") return
      return yield* Effect.die(new Error("The queue that takes the events was ended, and takes none any more."))
    })
  })
